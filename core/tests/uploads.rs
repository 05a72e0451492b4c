//! Uploads by BITS and by PUT: told against a server that refuses what the
//! protocols forbid and misbehaves where it is asked to.

mod common;

use std::io::{Seek, SeekFrom, Write};

use bgcopy_core::vocab::code;
use bgcopy_core::{
    ErrorContext, ExpectedHash, FileSpec, HResult, HashAlgorithm, Job, JobState, JobType,
    PropertyValue, UploadProtocol, WaitKind,
};
use bgcopy_test_server::{Area, Content, Overlap, UploadFault};

use common::{Bench, LENGTH, PATIENCE, content, http, kind, spec, stopped};

/// The job property UPLOAD_PROTOCOL.
const UPLOAD_PROTOCOL: u32 = 0x1001;

fn choose(job: &Job, protocol: UploadProtocol) {
    let value = PropertyValue::Dword(protocol.as_u32());
    job.set_property(UPLOAD_PROTOCOL, value).expect("set");
}

#[test]
fn the_server_is_asked_once_how_it_takes_files() {
    for (area, asked, by) in [
        (Area::new(), ["OPTIONS"].as_slice(), "Close-Session"),
        (Area::new().put_only(), &["OPTIONS"], "PUT"),
        (Area::new().silent(), &["OPTIONS", "Ping"], "Close-Session"),
        (Area::new().silent().put_only(), &["OPTIONS", "BITS_POST"], "PUT"),
    ] {
        let bench = Bench::new();
        let area = area.fault("Fragment", UploadFault::CutAfter(1000));
        bench.must_send(area.fault("PUT", UploadFault::CutAfter(1000)), &content(1));
        let seen = bench.server.area("/up/");
        for kind in asked {
            let served = seen.served(kind) + seen.served("Ping") * u64::from(*kind == "BITS_POST");
            assert_eq!(served, 1, "{kind}: {:?}", seen.served);
        }
        assert!(seen.served(by) > 0, "{:?}", seen.served);
    }
}

#[test]
fn an_upload_tells_what_it_is_and_how_far() {
    let bench = Bench::new();
    let job =
        bench.upload(Area::new().fault("Close-Session", UploadFault::HoldAnswer), &content(1));
    assert_eq!(job.job_type().expect("a type"), JobType::Upload);
    choose(&job, UploadProtocol::Bits);
    job.resume().expect("resumed");
    assert!(
        bench.server.wait_until(PATIENCE, |seen| seen.area("/up/").served("Close-Session") > 0)
    );
    let progress = job.progress().expect("progress");
    assert_eq!((progress.bytes_transferred, progress.files_transferred), (LENGTH, 0));
    assert_eq!(job.complete().expect_err("too early").code, code::DO_E_INVALID_STATE);
    let file = job.file(0).expect("a file");
    assert!(!file.progress().expect("progress").completed);
    bench.server.open_gate("/up/");
    assert_eq!(stopped(&job), JobState::Transferred);
    assert!(file.progress().expect("progress").completed, "as soon as it is uploaded");
    assert_eq!(kind(&job), WaitKind::AwaitingComplete);
    bench.must_have_sent(&content(1));
    assert_eq!(bench.server.area("/up/").bytes_stored, LENGTH, "no byte was sent twice");
    assert_eq!(job.complete().expect("completed"), code::S_OK);
    assert_eq!(job.state().expect("a state"), JobState::Acknowledged);
    assert!(bench.path("source").exists(), "the source is the caller's");
}

#[test]
fn what_only_downloads_can_do_is_refused() {
    let bench = Bench::new();
    let job = bench.upload(Area::new(), &content(1));
    let other = bench.source("other", &content(2));
    let url = bench.server.url("/up/other");
    let refused = |result: Result<(), bgcopy_core::Error>| result.expect_err("refused").code;
    assert_eq!(refused(job.add_file(&url, &other)), code::BG_E_TOO_MANY_FILES);
    let file = job.file(0).expect("a file");
    assert_eq!(refused(file.set_remote_name(&url)), code::E_NOTIMPL);
    assert_eq!(refused(file.set_validation_state(true)), code::E_NOTIMPL);
    assert_eq!(refused(file.set_expected_hash(None)), code::E_NOTIMPL);
    assert_eq!(refused(job.replace_remote_prefix("http", "https").map(|_| ())), code::E_NOTIMPL);
    for id in [3, 4, 5, 10] {
        let value = PropertyValue::Enable(true);
        let expected = code::BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY;
        assert_eq!(refused(job.set_property(id, value)), expected, "{id}");
    }
    let dword = PropertyValue::Dword;
    assert_eq!(refused(job.set_property(UPLOAD_PROTOCOL, dword(99))), code::E_INVALIDARG);
    let second = bench.manager.create_job("up", JobType::Upload).expect("a job");
    let range = bgcopy_core::FileRange { initial_offset: 0, length: 1 };
    assert_eq!(refused(second.add_file_with_ranges(&url, &other, &[range])), code::E_NOTIMPL);
    let digest = "0".repeat(64);
    let expected_hash = Some(ExpectedHash { algorithm: HashAlgorithm::Sha256, digest });
    let file = FileSpec { expected_hash, ..spec(url.clone(), other.clone()) };
    assert_eq!(refused(second.add_file_set(vec![file])), code::E_NOTIMPL);
    assert_eq!(refused(second.add_file("file:///tmp/x", &other)), code::E_INVALIDARG);
    assert_eq!(refused(second.add_file(&url, "/no/such/file")), code::E_FILE_NOT_FOUND);
    let folder = bench.folder.path().to_string_lossy().into_owned();
    assert_eq!(refused(second.add_file(&url, &folder)), code::E_DIRECTORY);
    let down = bench.manager.create_job("down", JobType::Download).expect("a job");
    assert_eq!(refused(down.set_property(UPLOAD_PROTOCOL, dword(1))), code::E_NOTIMPL);
}

#[test]
fn every_interruption_goes_on_where_the_server_says() {
    let faults = [
        ("Create-Session", UploadFault::LoseAnswer),
        ("Fragment", UploadFault::CutAfter(70_000)),
        ("Fragment", UploadFault::LoseAfter(300_000)),
        ("Fragment", UploadFault::LoseAnswer),
        ("Fragment", UploadFault::Status(503, 0)),
        ("Fragment", UploadFault::Status(500, 0x8007_0070)),
        ("Close-Session", UploadFault::Status(500, 0)),
        ("Close-Session", UploadFault::Status(503, 0)),
    ];
    for overlap in [Overlap::Refuse, Overlap::Drop] {
        for (kind, fault) in &faults {
            let bench = Bench::new();
            let job =
                bench.upload(Area::new().overlap(overlap).fault(kind, fault.clone()), &content(1));
            choose(&job, UploadProtocol::Bits);
            assert_eq!(bench.run(&job, 3), JobState::Transferred, "{fault:?}: {:?}", job.error());
            let area = bench.server.area("/up/");
            // A session that nobody knows of is empty, and expires.
            assert!(area.sessions.values().all(|bytes| *bytes == 0), "{fault:?}");
            assert_eq!(area.violations, Vec::<String>::new(), "{fault:?}");
            assert_eq!(area.bytes_stored, LENGTH, "nothing stored twice: {fault:?}");
            let file = area.files.get("/up/file").expect("the file");
            assert!(file.bytes() == content(1).slice(0..LENGTH), "{fault:?}");
        }
    }
}

#[test]
fn a_lost_session_begins_anew() {
    for kind in ["Fragment", "Close-Session"] {
        let bench = Bench::new();
        let area = Area::new().fault("Fragment", UploadFault::CutAfter(500_000));
        let area = area.fault(kind, UploadFault::Forget);
        let job = bench.must_send(area, &content(1));
        assert!(bench.server.area("/up/").served("Create-Session") == 2);
        assert_eq!(job.state().expect("a state"), JobState::Acknowledged);
    }
}

#[test]
fn a_server_that_forgets_every_session_is_not_hammered() {
    let bench = Bench::new();
    let mut area = Area::new();
    for _ in 0..10 {
        area = area.fault("Fragment", UploadFault::Forget);
    }
    let job = bench.upload(area, &content(1));
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    assert_eq!(job.error().expect("an error").code, code::BG_E_SESSION_NOT_FOUND);
    assert_eq!(bench.server.area("/up/").served("Create-Session"), 4);
}

#[test]
fn a_close_whose_answer_was_lost_is_verified() {
    // The file is there: nothing is sent again.
    let bench = Bench::new();
    let area = Area::new().fault("Close-Session", UploadFault::LoseAnswer);
    bench.must_send(area, &content(1));
    let seen = bench.server.area("/up/");
    assert_eq!((seen.served("HEAD"), seen.bytes_stored), (1, LENGTH));
    // It is not: all of it is.
    let bench = Bench::new();
    let area = Area::new()
        .fault("Close-Session", UploadFault::Status(503, 0))
        .fault("Close-Session", UploadFault::Forget);
    bench.must_send(area, &content(1));
    let seen = bench.server.area("/up/");
    assert_eq!((seen.served("HEAD"), seen.bytes_stored), (1, 2 * LENGTH));
    // Another file of that size is: all of it is sent.
    let bench = Bench::new();
    bench.must_send(Area::new(), &content(2));
    let area = Area::new()
        .modified("Tue, 01 Jan 2019 00:00:00 GMT")
        .fault("Close-Session", UploadFault::Status(503, 0))
        .fault("Close-Session", UploadFault::Forget);
    bench.must_send(area, &content(1));
    let seen = bench.server.area("/up/");
    assert_eq!((seen.served("HEAD"), seen.bytes_stored), (1, 3 * LENGTH));
}

#[test]
fn fragments_shrink_to_what_the_server_takes() {
    let bench = Bench::new();
    bench.must_send(Area::new().piece_max(200_000), &content(1));
    let seen = bench.server.area("/up/");
    assert_eq!(seen.bytes_stored, LENGTH);
    // From 1 MiB on three are refused; what is taken then does not grow again.
    assert_eq!(seen.served("Fragment"), 3 + LENGTH.div_ceil(128 << 10));
    let bench = Bench::new();
    let job = bench.upload(Area::new().piece_max(1000), &content(1));
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Error);
    assert_eq!(job.error().expect("an error").code, http(413));
}

#[test]
fn a_server_that_stores_twice_gets_the_file_again_from_the_start() {
    let bench = Bench::new();
    let area = Area::new().overlap(Overlap::Store).fault("Fragment", UploadFault::LoseAnswer);
    bench.must_send(area, &content(1));
    let seen = bench.server.area("/up/");
    assert_eq!((seen.served("Cancel-Session"), seen.served("Create-Session")), (1, 2));
}

#[test]
fn a_server_that_stores_twice_and_does_not_say_so_is_found_out() {
    for fault in [UploadFault::LoseAnswer, UploadFault::CutAfter(200_000)] {
        let bench = Bench::new();
        let area = Area::new().overlap(Overlap::StoreUnsaid).fault("Fragment", fault);
        bench.must_send(area, &content(1));
        let seen = bench.server.area("/up/");
        assert_eq!((seen.served("HEAD"), seen.served("Create-Session")), (1, 2));
    }
    // Where the file cannot be looked at, what the server said counts.
    for status in [404, 405, 500] {
        let bench = Bench::new();
        let area = Area::new().fault("Fragment", UploadFault::LoseAnswer).always("HEAD", status);
        bench.must_send(area, &content(1));
        let seen = bench.server.area("/up/");
        assert_eq!((seen.served("HEAD"), seen.served("Create-Session")), (1, 1), "{status}");
    }
    // Without a loss nothing is asked.
    let bench = Bench::new();
    bench.must_send(Area::new(), &content(1));
    assert_eq!(bench.server.area("/up/").served("HEAD"), 0);
}

#[test]
fn no_claim_of_a_server_makes_a_wrong_file() {
    for claim in [0, 1, LENGTH + 1, u64::MAX] {
        let bench = Bench::new();
        bench.must_send(Area::new().fault("Fragment", UploadFault::Claim(claim)), &content(1));
    }
}

#[test]
fn a_session_that_claims_more_than_was_sent_is_left() {
    let bench = Bench::new();
    let area = Area::new().fault("Fragment", UploadFault::Claim(LENGTH - 1));
    let job = bench.upload(area, &content(1));
    choose(&job, UploadProtocol::Bits);
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    assert_eq!(job.error().expect("an error").code, code::BG_E_INVALID_SERVER_RESPONSE);
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    bench.must_have_sent(&content(1));
    let seen = bench.server.area("/up/");
    assert_eq!((seen.served("Cancel-Session"), seen.served("Create-Session")), (1, 2));
}

#[test]
fn errors_of_the_server_have_their_codes() {
    for (area, code, state) in [
        (Area::new().forbids_overwriting(), http(403), JobState::Error),
        (Area::new().size_max(1000), code::BG_E_TOO_LARGE, JobState::Error),
        (Area::new().always("Create-Session", 501), http(501), JobState::Error),
        (Area::new().always("Create-Session", 404), http(404), JobState::Error),
        (Area::new().always("Fragment", 409), http(409), JobState::TransientError),
        (
            Area::new()
                .error_header("BITS-Error")
                .fault("Fragment", UploadFault::Status(500, 0x8007_0070)),
            code::E_DISK_FULL,
            JobState::TransientError,
        ),
    ] {
        let bench = Bench::new();
        bench.server.accept_uploads("/up/", Area::new());
        let earlier = bench.manager.create_job("earlier", JobType::Upload).expect("a job");
        let source = bench.source("earlier", &content(2));
        earlier.add_file(&bench.server.url("/up/file"), &source).expect("a file");
        assert_eq!(bench.run(&earlier, 0), JobState::Transferred);
        let job = bench.upload(area, &content(1));
        choose(&job, UploadProtocol::Bits);
        job.resume().expect("resumed");
        assert_eq!(stopped(&job), state, "{code}");
        let error = job.error().expect("an error");
        assert_eq!(error.code, code);
        assert_eq!(error.context, ErrorContext::RemoteFile);
        assert_eq!(job.wait_reason().expect("a reason").code, Some(code));
        job.cancel().expect("cancelled");
    }
}

#[test]
fn the_session_of_another_host_stays_there_until_it_fails_too_long() {
    let bench = Bench::new();
    let other = bgcopy_test_server::Server::start().expect("another server");
    let address = other.address().to_string();
    bench.server.accept_uploads("/up/", Area::new().host_id(&address, 0));
    let source = bench.source("source", &content(1));
    let job = bench.manager.create_job("test", JobType::Upload).expect("a job");
    job.add_file(&bench.server.url("/up/file"), &source).expect("a file");
    choose(&job, UploadProtocol::Bits);
    job.resume().expect("resumed");
    // It does not know the path: 405, fatal, after a greeting.
    assert_eq!(stopped(&job), JobState::Error);
    let greeted = other.requests_for("/up/file");
    assert_eq!(greeted.len(), 1);
    assert_eq!(greeted[0].header("BITS-Packet-Type"), Some("Ping"));
    // Its time is over at once: the first host gets the file.
    bench.server.accept_uploads("/up/", Area::new());
    assert_eq!(bench.run(&job, 1), JobState::Transferred);
    let area = bench.server.area("/up/");
    assert!(area.files.contains_key("/up/file"));
}

#[test]
fn a_source_that_changes_is_noticed_before_the_session_is_closed() {
    for protocol in [UploadProtocol::Bits, UploadProtocol::Put] {
        let bench = Bench::new();
        let area = Area::new().fault("Fragment", UploadFault::HoldAnswer);
        let area = area.fault("PUT", UploadFault::CutAfter(1000));
        let job = bench.upload(area, &content(1));
        choose(&job, protocol);
        job.resume().expect("resumed");
        if protocol == UploadProtocol::Bits {
            let served =
                |seen: &bgcopy_test_server::Seen<'_>| seen.area("/up/").served("Fragment") > 0;
            assert!(bench.server.wait_until(PATIENCE, served));
        } else {
            assert_eq!(stopped(&job), JobState::TransientError);
        }
        bench.source("source", &content(2));
        bench.server.open_gate("/up/");
        if protocol == UploadProtocol::Put {
            job.resume().expect("resumed");
        }
        assert_eq!(stopped(&job), JobState::Error);
        let error = job.error().expect("an error");
        assert_eq!(error.code, code::BG_E_LOCAL_FILE_CHANGED);
        assert_eq!(error.context, ErrorContext::LocalFile);
        assert!(bench.server.area("/up/").files.is_empty(), "nothing is in place");
        // Resume sends the file as it is now; the server forgets the old one.
        assert_eq!(bench.run(&job, 0), JobState::Transferred);
        bench.must_have_sent(&content(2));
    }
}

#[test]
fn small_and_empty_files_arrive() {
    for protocol in [UploadProtocol::Auto, UploadProtocol::Bits, UploadProtocol::Put] {
        for length in [0, 1, 4096] {
            let bench = Bench::new();
            let small = Content::generated(5, length);
            let job = bench.upload(Area::new(), &small);
            choose(&job, protocol);
            assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
            bench.must_have_sent(&small);
            assert_eq!(job.progress().expect("progress").bytes_total, length);
        }
    }
}

#[test]
fn a_file_over_4_gib_arrives() {
    // A sparse file costs no disk; the server compares and keeps nothing.
    let length = (4 << 30) + 4097;
    let bench = Bench::new();
    let mut file = std::fs::File::create(bench.path("source")).expect("a source");
    file.seek(SeekFrom::Start(length - 3)).expect("a hole");
    file.write_all(b"end").expect("an end");
    drop(file);
    bench.server.accept_uploads("/up/", Area::new().discards());
    let job = bench.manager.create_job("large", JobType::Upload).expect("a job");
    job.add_file(&bench.server.url("/up/file"), &bench.name("source")).expect("a file");
    choose(&job, UploadProtocol::Bits);
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    let area = bench.server.area("/up/");
    assert_eq!(area.files["/up/file"].len(), length);
    assert!(area.files["/up/file"].tail().ends_with(b"end"));
    assert_eq!(area.violations, Vec::<String>::new());
}

#[test]
fn put_starts_over_after_each_interruption() {
    let bench = Bench::new();
    let area = Area::new()
        .put_only()
        .fault("PUT", UploadFault::CutAfter(200_000))
        .fault("PUT", UploadFault::Status(503, 0))
        .fault("PUT", UploadFault::LoseAnswer);
    bench.must_send(area, &content(1));
    assert_eq!(bench.server.area("/up/").served("PUT"), 4);
}

#[test]
fn suspend_and_a_new_manager_lose_nothing() {
    let mut bench = Bench::new();
    let job = bench.upload(Area::new().bytes_per_second(1 << 20), &content(1));
    choose(&job, UploadProtocol::Bits);
    let id = job.id();
    job.resume().expect("resumed");
    let some = |seen: &bgcopy_test_server::Seen<'_>| seen.area("/up/").bytes_stored >= 400_000;
    assert!(bench.server.wait_until(PATIENCE, some));
    job.suspend().expect("suspended");
    drop(job);
    bench.manager.close();
    bench.manager = common::open(bench.folder.path());
    bench.server.accept_uploads("/up/", Area::new());
    let job = bench.manager.get_job(id).expect("the job");
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    bench.must_have_sent(&content(1));
    assert_eq!(bench.server.area("/up/").bytes_stored, LENGTH, "no byte was sent twice");
    assert_eq!(bench.server.area("/up/").served("Create-Session"), 1);
}

#[test]
fn a_server_that_needs_credentials_says_so() {
    let bench = Bench::new();
    let job = bench.upload(Area::new().always("OPTIONS", 401), &content(1));
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Error);
    assert_eq!(job.error().expect("an error").code, HResult::from_http_status(401));
    assert_eq!(kind(&job), WaitKind::CredentialsNeeded);
}

#[test]
fn many_files_are_one_job_each_or_none() {
    let bench = Bench::new();
    bench.server.accept_uploads("/up/", Area::new());
    let file = |seed: u64| {
        let source = bench.source(&format!("source{seed}"), &content(seed));
        common::spec(bench.server.url(&format!("/up/{seed}")), source)
    };
    let jobs = bench.manager.create_uploads(vec![file(1), file(2), file(3)]).expect("jobs");
    jobs.iter().for_each(|job| job.resume().expect("resumed"));
    for (seed, job) in (1..).zip(&jobs) {
        assert_eq!(stopped(job), JobState::Transferred);
        assert_eq!(job.display_name().expect("a name"), format!("source{seed}"));
        let area = bench.server.area("/up/");
        assert!(area.files[&format!("/up/{seed}")].bytes() == content(seed).slice(0..LENGTH));
        job.complete().expect("completed");
    }
    let missing = common::spec(bench.server.url("/up/x"), bench.name("missing"));
    let error = bench.manager.create_uploads(vec![file(4), missing]).err().expect("refused");
    assert_eq!(error.code, code::E_FILE_NOT_FOUND);
    assert_eq!(bench.manager.jobs().expect("jobs").len(), 0, "none is left behind");
}
