//! Resumable uploads of the IETF: told against a server that refuses what the
//! draft forbids and misbehaves where it is asked to.

mod common;

use bgcopy_core::vocab::code;
use bgcopy_core::{Job, JobState, PropertyValue, UploadProtocol, WaitKind};
use bgcopy_test_server::{Area, AreaSeen, Content, Ietf, Seen, UploadFault};

use common::{Bench, LENGTH, PATIENCE, content, http, kind, stopped};

/// The job property UPLOAD_PROTOCOL.
const UPLOAD_PROTOCOL: u32 = 0x1001;

fn choose(job: &Job) {
    let value = PropertyValue::Dword(UploadProtocol::Ietf.as_u32());
    job.set_property(UPLOAD_PROTOCOL, value).expect("set");
}

fn area(ietf: Ietf) -> Area {
    Area::new().ietf(ietf)
}

/// A job that has chosen the protocol.
fn upload(bench: &Bench, area: Area, content: &Content) -> Job {
    let job = bench.upload(area, content);
    choose(&job);
    job
}

/// Sends a content, through as many interruptions as it takes, and checks that
/// the server has it.
fn must_send(area: Area, content: &Content) -> (Bench, AreaSeen) {
    let bench = Bench::new();
    let job = upload(&bench, area, content);
    assert_eq!(bench.run(&job, 12), JobState::Transferred, "{:?}", job.error());
    bench.must_have_sent(content);
    assert_eq!(job.complete().expect("completed"), code::S_OK);
    let seen = bench.server.area("/up/");
    (bench, seen)
}

fn served(kind: &'static str, times: u64) -> impl Fn(&Seen<'_>) -> bool {
    move |seen| seen.area("/up/").served(kind) >= times
}

fn nothing(seen: &Seen<'_>) -> bool {
    seen.area("/up/").sessions.is_empty()
}

#[test]
fn auto_finds_it_and_asks_once() {
    let bench = Bench::new();
    bench.must_send(area(Ietf::new()).fault("PATCH", UploadFault::CutAfter(1000)), &content(1));
    let seen = bench.server.area("/up/");
    assert_eq!((seen.served("OPTIONS"), seen.served("PUT")), (1, 1), "{:?}", seen.served);
    assert_eq!(seen.bytes_stored, LENGTH, "no byte was sent twice");
    // A server that only creates by POST gets a POST, with the name of the file.
    let bench = Bench::new();
    bench.must_send(area(Ietf::new().post_only()), &content(1));
    let requests = bench.server.requests_for("/up/file");
    let created = requests.iter().find(|one| one.method == "POST").expect("a POST");
    assert_eq!(
        created.header("Content-Disposition"),
        Some("inline; filename=\"source\"; filename*=UTF-8''source")
    );
    assert_eq!(created.header("Upload-Length"), Some(LENGTH.to_string().as_str()));
}

#[test]
fn a_file_arrives_in_pieces_that_grow() {
    for ietf in [
        Ietf::new(),
        Ietf::new().without_interim(),
        Ietf::new().without_offsets(),
        Ietf::new().progress_each(100_000),
        Ietf::new().quiet_options(),
    ] {
        let (bench, seen) = must_send(area(ietf), &content(1));
        assert_eq!(seen.bytes_stored, LENGTH);
        let lengths: Vec<_> = bench
            .server
            .requests()
            .iter()
            .filter(|one| one.method == "PATCH")
            .map(|one| one.header("Content-Length").expect("a length").to_owned())
            .collect();
        assert_eq!(lengths, ["1048576", "451431"]);
        assert_eq!(seen.served("409"), 0, "every offset was the server's");
    }
}

#[test]
fn small_and_empty_files_are_one_request() {
    for length in [0, 1, 4096, 65_536] {
        let small = Content::generated(5, length);
        for ietf in [Ietf::new(), Ietf::new().without_interim(), Ietf::new().post_only()] {
            let (_, seen) = must_send(area(ietf), &small);
            assert_eq!(seen.served("PUT") + seen.served("POST"), 1);
            // A POST that is made again would make another file.
            let pieces = u64::from(length > 0 && seen.served("POST") > 0);
            assert_eq!(
                (seen.served("PATCH"), seen.served("HEAD")),
                (pieces, 0),
                "{:?}",
                seen.served
            );
        }
    }
}

#[test]
fn a_small_file_whose_creation_is_unheard_does_not_arrive_twice() {
    let small = Content::generated(5, 4096);
    let bench = Bench::new();
    let told =
        area(Ietf::new().post_only().without_interim()).fault("POST", UploadFault::LoseAnswer);
    let job = upload(&bench, told, &small);
    assert_eq!(bench.run(&job, 1), JobState::Transferred, "{:?}", job.error());
    let seen = bench.server.area("/up/");
    assert_eq!((seen.served("POST"), seen.bytes_stored), (2, 4096));
}

#[test]
fn every_interruption_goes_on_where_the_server_says() {
    let faults = [
        ("PUT", UploadFault::LoseAnswer),
        ("PUT", UploadFault::Status(503, 0)),
        ("PATCH", UploadFault::CutAfter(70_000)),
        ("PATCH", UploadFault::LoseAfter(300_000)),
        ("PATCH", UploadFault::LoseAnswer),
        ("PATCH", UploadFault::Status(500, 0)),
        ("HEAD", UploadFault::Status(503, 0)),
        ("HEAD", UploadFault::LoseAnswer),
    ];
    for ietf in [Ietf::new(), Ietf::new().without_interim()] {
        for (kind, fault) in &faults {
            let bench = Bench::new();
            let first = UploadFault::CutAfter(100_000);
            let told = area(ietf.clone()).fault("PATCH", first).fault(kind, fault.clone());
            let job = upload(&bench, told, &content(1));
            assert_eq!(bench.run(&job, 12), JobState::Transferred, "{fault:?}: {:?}", job.error());
            let seen = bench.server.area("/up/");
            // An upload whose making nobody heard of is empty, and expires.
            assert!(seen.sessions.values().all(|bytes| *bytes == 0), "{fault:?}");
            assert_eq!(seen.violations, Vec::<String>::new(), "{fault:?}");
            assert_eq!(seen.bytes_stored, LENGTH, "nothing is stored twice: {fault:?}");
            assert_eq!(seen.served("409"), 0, "the offset was asked for: {fault:?}");
            assert!(seen.files["/up/file"].bytes() == content(1).slice(0..LENGTH), "{fault:?}");
        }
    }
}

#[test]
fn what_is_created_with_bytes_goes_on_if_its_url_came_early() {
    // Empty bodies are too small for this server, so that bytes go with the
    // creation: only a 104 says where they are.
    let ietf = Ietf::new().appends(300_000, 600_000);
    let cut = UploadFault::CutAfter(200_000);
    let (_, seen) = must_send(area(ietf.clone()).fault("PUT", cut.clone()), &content(1));
    assert_eq!((seen.served("PUT"), seen.bytes_stored), (1, LENGTH), "{:?}", seen.served);
    let lost = UploadFault::LoseAnswer;
    let (_, seen) = must_send(area(ietf.clone()).fault("PUT", lost), &content(1));
    assert_eq!((seen.served("PUT"), seen.bytes_stored), (1, LENGTH), "{:?}", seen.served);
    // Without one the file is sent anew, into an upload of its own.
    let bench = Bench::new();
    let job = upload(&bench, area(ietf.without_interim()).fault("PUT", cut), &content(1));
    assert_eq!(bench.run(&job, 3), JobState::Transferred, "{:?}", job.error());
    let seen = bench.server.area("/up/");
    assert_eq!((seen.served("PUT"), seen.bytes_stored), (2, LENGTH + 200_000));
    assert!(seen.files["/up/file"].bytes() == content(1).slice(0..LENGTH));
    assert_eq!(seen.violations, Vec::<String>::new());
}

#[test]
fn offsets_on_the_way_show_how_far_it_is() {
    let bench = Bench::new();
    let told = area(Ietf::new().progress_each(50_000)).bytes_per_second(400_000);
    let job = upload(&bench, told, &content(1));
    job.resume().expect("resumed");
    common::wait_for_bytes(&job, 100_000);
    assert!(bench.server.area("/up/").served("PATCH") == 1, "the first piece is not over");
    job.suspend().expect("suspended");
    bench.server.accept_uploads("/up/", area(Ietf::new()));
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    bench.must_have_sent(&content(1));
    assert_eq!(bench.server.area("/up/").bytes_stored, LENGTH);
}

#[test]
fn limits_are_kept_to() {
    // What is refused for a limit is told before it is sent.
    for (ietf, code) in [
        (Ietf::new().sizes(0, LENGTH - 1), code::BG_E_TOO_LARGE),
        (Ietf::new().sizes(LENGTH + 1, u64::from(u32::MAX)), code::E_INVALIDARG),
        (Ietf::new().sizes(0, LENGTH - 1).quiet_options(), code::BG_E_TOO_LARGE),
    ] {
        let bench = Bench::new();
        let job = upload(&bench, area(ietf), &content(1));
        job.resume().expect("resumed");
        assert_eq!(stopped(&job), JobState::Error);
        assert_eq!(job.error().expect("an error").code, code);
        bench.must_have_nothing_unfinished();
        assert_eq!(bench.server.area("/up/").bytes_stored, 0);
    }
    // The server counts pieces outside of them as violations.
    for (least, most) in [(0, 200_000), (100_000, 100_000), (2_000_000, 3_000_000), (1, LENGTH)] {
        let (_, seen) = must_send(area(Ietf::new().appends(least, most)), &content(1));
        assert_eq!(seen.bytes_stored, LENGTH, "{least} {most}");
    }
    // Limits that come with the upload only.
    let ietf = Ietf::new().appends(0, 150_000).quiet_options();
    let (_, seen) = must_send(area(ietf), &content(1));
    assert_eq!(seen.served("PATCH"), 11);
}

#[test]
fn pieces_shrink_to_what_the_server_really_takes() {
    let (_, seen) = must_send(area(Ietf::new().really_appends(300_000)), &content(1));
    assert_eq!(seen.bytes_stored, LENGTH);
    let bench = Bench::new();
    let ietf = Ietf::new().appends(400_000, 500_000).really_appends(300_000);
    let job = upload(&bench, area(ietf), &content(1));
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Error);
    assert_eq!(job.error().expect("an error").code, http(413));
}

#[test]
fn an_upload_that_has_expired_is_not_asked_for() {
    let bench = Bench::new();
    let told = area(Ietf::new().max_age_s(0));
    let job = upload(&bench, told, &content(1));
    job.resume().expect("resumed");
    // It expires before its first piece, each time.
    assert_eq!(stopped(&job), JobState::TransientError);
    assert_eq!(job.error().expect("an error").code, code::BG_E_SESSION_NOT_FOUND);
    let seen = bench.server.area("/up/");
    assert_eq!((seen.served("PUT"), seen.served("PATCH"), seen.served("HEAD")), (4, 0, 0));
    bench.server.accept_uploads("/up/", area(Ietf::new().max_age_s(3600)));
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
}

#[test]
fn a_forgotten_upload_begins_anew() {
    for kind in ["HEAD", "PATCH"] {
        let cut = UploadFault::CutAfter(500_000);
        let told = area(Ietf::new()).fault("PATCH", cut).fault(kind, UploadFault::Forget);
        let (_, seen) = must_send(told, &content(1));
        assert_eq!(seen.served("PUT"), 2);
    }
    let bench = Bench::new();
    let mut told = area(Ietf::new());
    for _ in 0..10 {
        told = told.fault("PATCH", UploadFault::Forget);
    }
    let job = upload(&bench, told, &content(1));
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    assert_eq!(job.error().expect("an error").code, code::BG_E_SESSION_NOT_FOUND);
    assert_eq!(bench.server.area("/up/").served("PUT"), 4, "it is not hammered");
}

#[test]
fn an_upload_that_completed_unheard_is_not_sent_twice() {
    let whole = Content::generated(3, 900_000);
    let lost = UploadFault::LoseAnswer;
    let (_, seen) = must_send(area(Ietf::new()).fault("PATCH", lost.clone()), &whole);
    assert_eq!((seen.served("HEAD"), seen.bytes_stored), (1, 900_000));
    // Its URL is gone: the file is looked for in its place.
    let told = area(Ietf::new().forgets_finished()).fault("PATCH", lost.clone());
    let (_, seen) = must_send(told, &whole);
    assert_eq!((seen.served("HEAD"), seen.bytes_stored), (2, 900_000));
    // After a POST nobody knows its place: that is said, and nothing is sent.
    let bench = Bench::new();
    let told = area(Ietf::new().forgets_finished().post_only()).fault("PATCH", lost);
    let job = upload(&bench, told, &whole);
    assert_eq!(bench.run(&job, 1), JobState::Error);
    let error = job.error().expect("an error");
    assert_eq!(error.code, code::BG_E_SESSION_NOT_FOUND);
    assert!(error.message.contains("may have the file already"), "{}", error.message);
    assert_eq!(bench.server.area("/up/").bytes_stored, 900_000);
}

#[test]
fn no_claim_of_a_server_makes_a_wrong_file() {
    for claim in [0, 1, 99_999, LENGTH, LENGTH + 1, u64::MAX] {
        for kind in ["HEAD", "PATCH", "PUT"] {
            let cut = UploadFault::CutAfter(100_000);
            let told = area(Ietf::new()).fault("PATCH", cut).fault(kind, UploadFault::Claim(claim));
            must_send(told, &content(1));
        }
    }
}

#[test]
fn iterations_of_the_draft_are_negotiated() {
    for (version, tells, creations) in [(8, true, 1), (7, true, 1), (6, true, 1), (6, false, 3)] {
        let (bench, seen) = must_send(area(Ietf::new().interop(version, tells)), &content(1));
        assert_eq!(seen.served("PUT"), creations, "{version} {tells}");
        let last = bench.server.requests().pop().expect("a request");
        let spoken = last.header("Upload-Draft-Interop-Version").map(str::to_owned);
        assert_eq!(spoken, Some(version.to_string()));
    }
    let bench = Bench::new();
    let job = upload(&bench, area(Ietf::new().interop(99, true)), &content(1));
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Error);
    let error = job.error().expect("an error");
    assert_eq!(error.code, code::BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH);
    assert!(error.message.contains("99"), "{}", error.message);
    // One that says nothing of itself is refused as it refuses.
    let bench = Bench::new();
    let job = upload(&bench, area(Ietf::new().interop(99, false)), &content(1));
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Error);
    assert_eq!(job.error().expect("an error").code, http(412));
}

#[test]
fn refusals_have_their_codes() {
    for (method, status, code, state) in [
        ("PUT", 403, http(403), JobState::Error),
        ("PUT", 503, http(503), JobState::TransientError),
        ("PATCH", 415, http(415), JobState::Error),
        ("PATCH", 507, http(507), JobState::TransientError),
        ("OPTIONS", 401, http(401), JobState::Error),
    ] {
        let bench = Bench::new();
        let job = upload(&bench, area(Ietf::new()).always(method, status), &content(1));
        job.resume().expect("resumed");
        assert_eq!(stopped(&job), state, "{method} {status}");
        assert_eq!(job.error().expect("an error").code, code);
        let reason = job.wait_reason().expect("a reason");
        assert_eq!(reason.code, Some(code));
        if status == 401 {
            assert_eq!(kind(&job), WaitKind::CredentialsNeeded);
        }
        job.cancel().expect("cancelled");
        assert!(bench.server.wait_until(PATIENCE, nothing));
    }
}

#[test]
fn a_source_that_changes_is_noticed_before_the_upload_is_complete() {
    let bench = Bench::new();
    let told = area(Ietf::new()).fault("PATCH", UploadFault::HoldAnswer);
    let job = upload(&bench, told, &content(1));
    job.resume().expect("resumed");
    assert!(bench.server.wait_until(PATIENCE, served("PATCH", 1)));
    bench.source("source", &content(2));
    bench.server.open_gate("/up/");
    assert_eq!(stopped(&job), JobState::Error);
    assert_eq!(job.error().expect("an error").code, code::BG_E_LOCAL_FILE_CHANGED);
    assert!(bench.server.area("/up/").files.is_empty(), "nothing is in place");
    // Resume sends the file as it is now; the server forgets the old one.
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    bench.must_have_sent(&content(2));
    assert_eq!(bench.server.area("/up/").served("DELETE"), 1);
}

#[test]
fn suspend_and_a_new_manager_lose_nothing() {
    let mut bench = Bench::new();
    let job = upload(&bench, area(Ietf::new()).bytes_per_second(1 << 20), &content(1));
    let id = job.id();
    job.resume().expect("resumed");
    let some = |seen: &Seen<'_>| seen.area("/up/").bytes_stored >= 400_000;
    assert!(bench.server.wait_until(PATIENCE, some));
    drop(job);
    bench.manager.close();
    bench.manager = common::open(bench.folder.path());
    bench.server.accept_uploads("/up/", area(Ietf::new()));
    let job = bench.manager.get_job(id).expect("the job");
    assert_eq!(stopped(&job), JobState::Transferred);
    bench.must_have_sent(&content(1));
    let seen = bench.server.area("/up/");
    assert_eq!((seen.bytes_stored, seen.served("PUT")), (LENGTH, 1), "no byte was sent twice");
}

#[test]
fn a_cancel_at_any_moment_leaves_nothing_on_the_server() {
    let pieces = Ietf::new().appends(300_000, 600_000);
    for (ietf, kind, fault) in [
        (Ietf::new(), "OPTIONS", UploadFault::HoldAnswer),
        (Ietf::new(), "PUT", UploadFault::HoldAnswer),
        (Ietf::new().without_interim(), "PUT", UploadFault::HoldAnswer),
        (pieces, "PUT", UploadFault::HoldAnswer),
        (Ietf::new(), "PATCH", UploadFault::HoldAnswer),
        (Ietf::new(), "PATCH", UploadFault::CutAfter(100_000)),
        (Ietf::new(), "PATCH", UploadFault::LoseAnswer),
    ] {
        let bench = Bench::new();
        let job = upload(&bench, area(ietf).fault(kind, fault.clone()), &content(1));
        job.resume().expect("resumed");
        assert!(bench.server.wait_until(PATIENCE, served(kind, 1)), "{kind}");
        if fault != UploadFault::HoldAnswer {
            assert_eq!(stopped(&job), JobState::TransientError);
        }
        assert_eq!(job.cancel().expect("cancelled"), code::S_OK);
        bench.server.open_gate("/up/");
        bench.must_settle(&job);
        bench.must_have_nothing_unfinished();
        assert!(bench.server.area("/up/").files.is_empty(), "{kind} {fault:?}");
    }
}

#[test]
fn the_type_of_the_file_is_told_once() {
    let bench = Bench::new();
    let job = upload(&bench, area(Ietf::new()), &content(1));
    job.set_custom_headers(Some("Content-Type: video/mp4\r\n")).expect("set");
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    bench.must_have_sent(&content(1));
    let created = &bench.server.requests_for("/up/file")[1];
    assert_eq!(
        (created.method.as_str(), created.header("Content-Type")),
        ("PUT", Some("video/mp4"))
    );
}

#[test]
fn what_is_owed_is_paid_when_the_server_can_be_reached() {
    let mut bench = Bench::new();
    let told =
        area(Ietf::new()).fault("PATCH", UploadFault::CutAfter(100_000)).always("DELETE", 503);
    let job = upload(&bench, told, &content(1));
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    job.cancel().expect("cancelled");
    assert!(bench.server.wait_until(PATIENCE, served("DELETE", 1)));
    assert_eq!(kind(&job), WaitKind::CancellingOnServer);
    drop(job);
    bench.manager.close();
    bench.manager = common::open(bench.folder.path());
    assert!(bench.server.wait_until(PATIENCE, served("DELETE", 2)), "a start tries again");
    bench.manager.close();
    assert!(!bench.server.area("/up/").sessions.is_empty());
    bench.server.accept_uploads("/up/", area(Ietf::new()));
    bench.manager = common::open(bench.folder.path());
    assert!(bench.server.wait_until(PATIENCE, nothing));
    bench.must_have_nothing_unfinished();
}
