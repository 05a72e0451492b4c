//! Uploads with a reply: fetched before the session is closed, put in place by
//! Complete.

mod common;

use bgcopy_core::vocab::{SIZE_UNKNOWN, code};
use bgcopy_core::{Error, Job, JobState, JobType, PropertyValue, UploadProtocol};
use bgcopy_test_server::{Area, Content, Reply, Resource, Seen, UploadFault};

use common::{Bench, CUT, LENGTH, PATIENCE, content, http, stopped};

/// The job property UPLOAD_PROTOCOL.
const UPLOAD_PROTOCOL: u32 = 0x1001;

/// Where the reply is, as the server tells it, and where that is.
const TOLD: &str = r"BITS-Sessions\Replies\{G-1}\r.bin";
const PATH: &str = "/up/BITS-Sessions/Replies/%7BG-1%7D/r.bin";

/// A suspended upload of content 1; the reply is this resource.
fn upload(bench: &Bench, area: Area, reply: Resource) -> Job {
    bench.server.put(PATH, reply);
    bench.server.accept_uploads("/up/", area);
    let source = bench.source("source", &content(1));
    let job = bench.manager.create_job("test", JobType::UploadReply).expect("a job");
    job.add_file(&bench.server.url("/up/file"), &source).expect("a file");
    let value = PropertyValue::Dword(UploadProtocol::Bits.as_u32());
    job.set_property(UPLOAD_PROTOCOL, value).expect("set");
    job
}

fn small() -> Content {
    Content::generated(9, 100_000)
}

fn refused<T>(result: Result<T, Error>) -> bgcopy_core::HResult {
    result.err().expect("refused").code
}

#[test]
fn the_reply_is_fetched_before_the_session_is_closed() {
    let bench = Bench::new();
    let elsewhere = bench.server.url(PATH);
    for told in [TOLD, PATH, elsewhere.as_str()] {
        let bench = Bench::new();
        // An absolute URL names this test's own server.
        let told = if told == elsewhere { bench.server.url(PATH) } else { told.to_owned() };
        let job = upload(&bench, Area::new().reply_url(&told), Resource::new(small()));
        let before = job.reply_progress().expect("progress");
        assert_eq!((before.bytes_total, before.bytes_transferred), (SIZE_UNKNOWN, 0));
        assert_eq!(refused(job.reply_data()), code::DO_E_INVALID_STATE);
        assert_eq!(bench.run(&job, 3), JobState::Transferred, "{:?}", job.error());
        bench.must_have_sent(&content(1));
        let requests = bench.server.requests();
        let place = |wanted: &dyn Fn(&bgcopy_test_server::Request) -> bool| {
            requests.iter().position(wanted).expect("it was made")
        };
        let got = place(&|request| request.method == "GET");
        let closed = place(&|request| request.header("BITS-Packet-Type") == Some("Close-Session"));
        assert!(got < closed, "{told}");
        let progress = job.progress().expect("progress");
        assert_eq!((progress.bytes_total, progress.files_total), (LENGTH, 1), "the upload alone");
        let reply = job.reply_progress().expect("progress");
        assert_eq!((reply.bytes_total, reply.bytes_transferred), (100_000, 100_000));
        assert_eq!(job.files().expect("files").len(), 1);
        assert_eq!(job.file(1).err().expect("none").code, code::DO_E_FILE_NOT_AVAILABLE);
        let right = small().slice(0..100_000);
        assert!(job.reply_data().expect("data").expect("a reply") == right);
        assert!(!bench.path("source.reply").exists(), "nothing is in place before Complete");
        assert_eq!(job.complete().expect("completed"), code::S_OK);
        let name = job.reply_file_name().expect("a name").expect("a name");
        assert_eq!(name, bench.name("source.reply"));
        assert!(std::fs::read(name).expect("the reply") == right);
        assert!(job.reply_data().expect("data").expect("a reply") == right);
        bench.must_be_tidy();
    }
}

#[test]
fn a_reply_that_is_cut_off_goes_on() {
    let bench = Bench::new();
    let cut = Resource::new(content(2)).script(vec![Reply::normal().cut_after(CUT)]);
    let area = Area::new().reply_url(TOLD).fault("Fragment", UploadFault::LoseAnswer);
    let job = upload(&bench, area, cut);
    job.set_reply_file_name(Some(&bench.name("answer"))).expect("set");
    assert_eq!(bench.run(&job, 5), JobState::Transferred, "{:?}", job.error());
    let gets: Vec<_> =
        bench.server.requests().into_iter().filter(|request| request.method == "GET").collect();
    assert_eq!(gets.len(), 2);
    assert!(gets[1].range.is_some(), "by its range");
    assert_eq!(refused(job.reply_data()), code::BG_E_TOO_LARGE);
    assert_eq!(refused(job.set_reply_file_name(None)), code::DO_E_INVALID_STATE);
    job.complete().expect("completed");
    bench.must_hold("answer", &content(2));
    bench.must_be_tidy();
}

#[test]
fn without_a_reply_there_is_no_file() {
    let bench = Bench::new();
    let job = upload(&bench, Area::new(), Resource::new(small()));
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    assert_eq!(job.reply_data().expect("data"), None);
    assert_eq!(job.complete().expect("completed"), code::S_OK);
    assert!(!bench.path("source.reply").exists());
}

#[test]
fn a_reply_that_is_gone_is_an_error_before_the_close() {
    let bench = Bench::new();
    let gone = Resource::new(small()).always(Reply::normal().status(404));
    let job = upload(&bench, Area::new().reply_url(TOLD), gone);
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Error);
    assert_eq!(job.error().expect("an error").code, http(404));
    assert_eq!(bench.server.area("/up/").served("Close-Session"), 0);
    bench.server.put(PATH, Resource::new(small()));
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
}

#[test]
fn a_session_lost_after_the_reply_brings_both_again() {
    let bench = Bench::new();
    let area = Area::new().reply_url(TOLD).fault("Close-Session", UploadFault::Forget);
    let job = upload(&bench, area, Resource::new(small()));
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    bench.must_have_sent(&content(1));
    assert_eq!(bench.server.area("/up/").bytes_stored, 2 * LENGTH);
    assert_eq!(bench.server.requests_for(PATH).len(), 2);
    job.complete().expect("completed");
    bench.must_hold("source.reply", &small());
}

#[test]
fn a_cancel_takes_the_reply_here_and_the_session_there() {
    let bench = Bench::new();
    let stalls = Resource::new(content(2)).always(Reply::normal().stall_after(CUT));
    let job = upload(&bench, Area::new().reply_url(TOLD), stalls);
    job.resume().expect("resumed");
    let came = |seen: &Seen<'_>| seen.body_bytes_sent(PATH) >= CUT;
    assert!(bench.server.wait_until(PATIENCE, came));
    assert_eq!(job.cancel().expect("cancelled"), code::S_OK);
    let nothing = |seen: &Seen<'_>| seen.area("/up/").sessions.is_empty();
    assert!(bench.server.wait_until(PATIENCE, nothing));
    bench.must_have_nothing_unfinished();
    bench.must_be_tidy();
}

#[test]
fn jobs_without_replies_say_so() {
    let bench = Bench::new();
    for job_type in [JobType::Download, JobType::Upload] {
        let job = bench.manager.create_job("test", job_type).expect("a job");
        assert_eq!(refused(job.reply_progress()), code::E_NOTIMPL);
        assert_eq!(refused(job.reply_data()), code::E_NOTIMPL);
        assert_eq!(refused(job.reply_file_name()), code::E_NOTIMPL);
        assert_eq!(refused(job.set_reply_file_name(None)), code::E_NOTIMPL);
    }
    let job = bench.manager.create_job("test", JobType::UploadReply).expect("a job");
    assert_eq!(job.reply_file_name().expect("a name"), None);
    assert_eq!(refused(job.set_reply_file_name(Some("relative"))), code::E_INVALIDARG);
    assert_eq!(refused(job.set_reply_file_name(Some("/no/such/x"))), code::E_PATH_NOT_FOUND);
}
