//! Connections that are kept for the next request, and servers that close them
//! without a word: the request is made again at once, and nobody hears of it.

mod common;

use bgcopy_core::{Job, JobState, JobType, PropertyValue, UploadProtocol};
use bgcopy_test_server::{Area, Bucket, Content, Ietf, Keeping, Ranges, Resource};

use common::{Bench, LENGTH, bucket, content, spec, stopped};

const CLOSING: [Keeping; 3] =
    [Keeping::ClosedBehindAnswer, Keeping::ClosedAtRequest, Keeping::ResetAtRequest];

/// The job is done, and it never stood still nor failed on the way.
fn must_be_done(job: &Job, keeping: Keeping) {
    let state = stopped(job);
    assert_eq!(state, JobState::Transferred, "{keeping:?}: {:?}", job.error());
    assert_eq!(job.error_count().expect("a count"), 0, "{keeping:?}");
}

fn upload(bench: &Bench, area: Area, protocol: UploadProtocol, keeping: Keeping) -> Job {
    bench.server.keep_connections(keeping);
    let job = bench.upload(area, &content(1));
    let value = PropertyValue::Dword(protocol.as_u32());
    job.set_property(bucket::UPLOAD_PROTOCOL, value).expect("set");
    job.resume().expect("resumed");
    job
}

#[test]
fn downloads_are_asked_for_again() {
    for keeping in CLOSING {
        let bench = Bench::new();
        bench.server.keep_connections(keeping);
        bench.server.put("/small", Resource::bytes("small"));
        bench.server.put("/large", Resource::new(content(1)));
        let job = bench.manager.create_job("many", JobType::Download).expect("a job");
        let files = (0..40).map(|index| {
            let name = if index % 8 == 7 { "/large" } else { "/small" };
            spec(bench.server.url(name), bench.name(&format!("file{index}")))
        });
        job.add_file_set(files.collect()).expect("added");
        job.resume().expect("resumed");
        must_be_done(&job, keeping);
        assert_eq!(bench.server.body_bytes_sent("/large"), 5 * LENGTH, "{keeping:?}");
    }
}

#[test]
fn one_put_after_the_other_is_sent_again() {
    for keeping in CLOSING {
        let bench = Bench::new();
        for length in [0, 1, 1_000, LENGTH] {
            for _ in 0..5 {
                let small = Content::generated(7, length);
                bench.server.keep_connections(keeping);
                let job = bench.upload(Area::new().put_only(), &small);
                let value = PropertyValue::Dword(UploadProtocol::Put.as_u32());
                job.set_property(bucket::UPLOAD_PROTOCOL, value).expect("set");
                job.resume().expect("resumed");
                must_be_done(&job, keeping);
                bench.must_have_sent(&small);
            }
        }
        // Nor is an answer waited for before the body.
        let requests = bench.server.requests();
        assert!(requests.iter().all(|request| request.header("Expect").is_none()));
    }
}

#[test]
fn sessions_go_on_where_they_are() {
    type Way = (UploadProtocol, fn() -> Area);
    let ways: [Way; 6] = [
        (UploadProtocol::Auto, Area::new),
        (UploadProtocol::Bits, || Area::new().bits_only()),
        (UploadProtocol::Tus, Area::tus),
        (UploadProtocol::Ietf, || Area::new().ietf(Ietf::new())),
        (UploadProtocol::Ietf, || Area::new().ietf(Ietf::new().post_only())),
        (UploadProtocol::PutRange, || Area::new().put_only().ranges(Ranges::Honour)),
    ];
    for (protocol, area) in ways {
        for keeping in CLOSING {
            let bench = Bench::new();
            let job = upload(&bench, area(), protocol, keeping);
            must_be_done(&job, keeping);
            bench.must_have_sent(&content(1));
            assert_eq!(bench.server.area("/up/").bytes_stored, LENGTH, "{protocol:?} {keeping:?}");
        }
    }
}

#[test]
fn parts_are_sent_again() {
    for keeping in CLOSING {
        let bench = Bench::new();
        bench.server.keep_connections(keeping);
        let job = bucket::job(&bench, Bucket::new(bucket::KEY, bucket::SECRET), &bucket::large());
        job.resume().expect("resumed");
        must_be_done(&job, keeping);
        bucket::must_have_sent(&bench, &bucket::large());
    }
}
