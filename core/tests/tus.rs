//! Uploads by tus 1.0: told against a server that refuses what the protocol
//! forbids, a byte that is sent without a question after an interruption too.

mod common;

use std::time::Instant;

use bgcopy_core::vocab::code;
use bgcopy_core::{Job, JobState, JobType, PropertyValue, Reader, UploadProtocol, WaitKind};
use bgcopy_test_server::{Area, Content, Seen, UploadFault};

use common::{Bench, LENGTH, PATIENCE, content, http, kind, stopped};

/// The job property UPLOAD_PROTOCOL.
const UPLOAD_PROTOCOL: u32 = 0x1001;

fn choose_tus(job: &Job) {
    let value = PropertyValue::Dword(UploadProtocol::Tus.as_u32());
    job.set_property(UPLOAD_PROTOCOL, value).expect("set");
}

fn served(method: &'static str, times: u64) -> impl Fn(&Seen<'_>) -> bool {
    move |seen| seen.area("/up/").served(method) >= times
}

fn count(bench: &Bench, method: &str) -> u64 {
    bench.server.area("/up/").served(method)
}

/// Waits until no server cleanup is pending any more.
fn settled(job: &Job) {
    let start = Instant::now();
    while kind(job) != WaitKind::Finished {
        assert!(start.elapsed() < PATIENCE, "{:?}", job.wait_reason());
        std::thread::yield_now();
    }
}

fn must_be_gone(bench: &Bench, job: &Job) {
    settled(job);
    bench.must_have_nothing_unfinished();
    assert!(bench.server.area("/up/").files.is_empty());
    let reader = Reader::open(bench.path("store")).expect("a reader");
    assert_eq!(reader.jobs().expect("jobs").len(), 0);
}

#[test]
fn auto_finds_tus_and_asks_once() {
    for area in [Area::tus(), Area::tus().absolute_addresses()] {
        let bench = Bench::new();
        let area = area.fault("PATCH", UploadFault::CutAfter(1000));
        bench.must_send(area, &content(1));
        let seen = bench.server.area("/up/");
        assert_eq!((seen.served("OPTIONS"), seen.served("POST")), (1, 1));
        assert_eq!(seen.bytes_stored, LENGTH, "no byte was sent twice");
    }
}

#[test]
fn without_an_interruption_nothing_is_asked() {
    let bench = Bench::new();
    let job = bench.upload(Area::tus(), &content(1));
    choose_tus(&job);
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    bench.must_have_sent(&content(1));
    assert_eq!(count(&bench, "HEAD"), 0);
}

#[test]
fn a_server_that_does_not_say_what_it_offers_gets_the_file() {
    let bench = Bench::new();
    let job = bench.upload(Area::tus().silent(), &content(1));
    choose_tus(&job);
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    bench.must_have_sent(&content(1));
    // What may be offered is tried on Cancel.
    let bench = Bench::new();
    let area = Area::tus().silent().fault("PATCH", UploadFault::CutAfter(1000));
    let job = bench.upload(area, &content(1));
    choose_tus(&job);
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    job.cancel().expect("cancelled");
    must_be_gone(&bench, &job);
}

#[test]
fn every_interruption_goes_on_where_the_server_says() {
    let faults = [
        UploadFault::CutAfter(70_000),
        UploadFault::LoseAfter(300_000),
        UploadFault::LoseAnswer,
        UploadFault::Status(503, 0),
        UploadFault::Status(500, 0),
        UploadFault::Status(409, 0),
        UploadFault::Status(423, 0),
        UploadFault::Status(460, 0),
        UploadFault::Status(413, 0),
        UploadFault::Claim(0),
        UploadFault::Claim(1),
        UploadFault::Claim(LENGTH - 1),
        UploadFault::Claim(LENGTH + 1),
        UploadFault::Claim(u64::MAX),
    ];
    for fault in faults {
        let bench = Bench::new();
        // The second fault hits the piece after the first one.
        let area = Area::tus().fault("PATCH", fault.clone()).fault("PATCH", fault.clone());
        let job = bench.upload(area, &content(1));
        assert_eq!(bench.run(&job, 3), JobState::Transferred, "{fault:?}: {:?}", job.error());
        bench.must_have_sent(&content(1));
        let seen = bench.server.area("/up/");
        assert_eq!(seen.bytes_stored, LENGTH, "nothing stored twice: {fault:?}");
        assert!(seen.served("HEAD") > 0, "{fault:?}");
    }
}

#[test]
fn the_question_may_fail_and_be_answered_by_204() {
    let bench = Bench::new();
    let area = Area::tus()
        .head_status(204)
        .fault("PATCH", UploadFault::CutAfter(70_000))
        .fault("HEAD", UploadFault::Status(503, 0))
        .fault("HEAD", UploadFault::Status(423, 0))
        .fault("HEAD", UploadFault::LoseAnswer);
    let job = bench.must_send(area, &content(1));
    assert_eq!(job.state().expect("a state"), JobState::Acknowledged);
    assert_eq!(count(&bench, "HEAD"), 4);
}

#[test]
fn an_expired_upload_begins_anew() {
    for status in [404, 410] {
        for method in ["PATCH", "HEAD"] {
            let bench = Bench::new();
            let area = Area::tus()
                .gone_status(status)
                .fault("PATCH", UploadFault::CutAfter(70_000))
                .fault(method, UploadFault::Forget);
            bench.must_send(area, &content(1));
            assert_eq!(count(&bench, "POST"), 2, "{method} {status}");
        }
    }
}

#[test]
fn a_server_that_forgets_every_upload_is_not_hammered() {
    let bench = Bench::new();
    let area = (0..10).fold(Area::tus(), |area, _| area.fault("PATCH", UploadFault::Forget));
    let job = bench.upload(area, &content(1));
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    assert_eq!(job.error().expect("an error").code, code::BG_E_SESSION_NOT_FOUND);
    assert_eq!(count(&bench, "POST"), 4);
}

#[test]
fn a_server_whose_answers_are_always_wrong_is_not_hammered() {
    let bench = Bench::new();
    let job = bench.upload(Area::tus().always("PATCH", 409), &content(1));
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    assert_eq!(job.error().expect("an error").code, http(409));
    assert_eq!(count(&bench, "PATCH"), 4);
}

#[test]
fn what_may_be_complete_is_not_sent_again_unasked() {
    let bench = Bench::new();
    let small = Content::generated(3, 100_000);
    let area = Area::tus().moves_away().fault("PATCH", UploadFault::LoseAnswer);
    let job = bench.upload(area, &small);
    assert_eq!(bench.run(&job, 1), JobState::Error);
    let error = job.error().expect("an error");
    assert_eq!(error.code, code::BG_E_SESSION_NOT_FOUND);
    assert!(error.message.contains("look there first"), "{}", error.message);
    let reason = job.wait_reason().expect("a reason");
    assert!(reason.unblock.contains("look whether the server has"), "{}", reason.unblock);
    bench.must_have_sent(&small);
    assert_eq!(bench.server.area("/up/").bytes_stored, 100_000);
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "if the caller says so");
    assert_eq!(count(&bench, "POST"), 2);
    // Where it can still be asked for, it is.
    let bench = Bench::new();
    bench.must_send(Area::tus().fault("PATCH", UploadFault::LoseAnswer), &small);
    assert_eq!((count(&bench, "HEAD"), count(&bench, "PATCH")), (1, 1));
}

fn pieces(bench: &Bench) -> Vec<(u64, bool)> {
    let requests = bench.server.requests();
    let pieces = requests.iter().filter(|request| request.method == "PATCH");
    let length = |text: &str| text.parse::<u64>().expect("a length");
    pieces
        .map(|piece| {
            let bytes = length(piece.header("Content-Length").expect("a length"));
            (bytes, piece.header("Upload-Checksum").is_some())
        })
        .collect()
}

#[test]
fn checksums_are_sent_where_they_are_offered() {
    let offer = "creation,creation-with-upload,termination,checksum";
    let bench = Bench::new();
    bench.must_send(Area::tus().extensions(offer), &content(1));
    assert!(pieces(&bench).iter().all(|(_, checked)| *checked));
    assert_eq!(bench.server.area("/up/").bytes_stored, LENGTH);
    // They make a server keep nothing of a piece that is cut off: without one it
    // keeps what came.
    let bench = Bench::new();
    let cut = || UploadFault::CutAfter(70_000);
    let area = Area::tus().extensions(offer).fault("PATCH", cut()).fault("PATCH", cut());
    bench.must_send(area, &content(1));
    let sent = [(1 << 20, true), (1 << 20, false), (1 << 20, false), (381_431, false)];
    assert_eq!(pieces(&bench), sent);
    assert_eq!(bench.server.area("/up/").bytes_stored, LENGTH);
}

#[test]
fn a_connection_that_breaks_after_each_megabyte_is_made_again_at_once() {
    let bench = Bench::new();
    let cut = UploadFault::CutAfter(1_000_000);
    let area = (0..7).fold(Area::tus(), |area, _| area.fault("PATCH", cut.clone()));
    let file = Content::generated(1, 8_000_000);
    let job = bench.upload(area, &file);
    // Whether the first one brought anything is known when the server is asked.
    assert_eq!(bench.run(&job, 1), JobState::Transferred, "{:?}", job.error());
    bench.must_have_sent(&file);
    assert_eq!(bench.server.area("/up/").bytes_stored, 8_000_000);
}

#[test]
fn a_piece_that_a_connection_does_not_carry_is_not_tried_again() {
    let bench = Bench::new();
    let file = Content::generated(1, 6 << 20);
    bench.must_send(Area::tus().loses_above(600_000), &file);
    let pieces = pieces(&bench);
    let lost = pieces.iter().filter(|(bytes, _)| *bytes > 600_000);
    // One more where the first was taken for one on a connection that was dead.
    assert!(lost.count() <= 2, "{pieces:?}");
}

#[test]
fn pieces_shrink_to_what_the_server_takes() {
    let bench = Bench::new();
    bench.must_send(Area::tus().piece_max(60_000), &content(1));
    assert_eq!(bench.server.area("/up/").bytes_stored, LENGTH);
    let bench = Bench::new();
    let job = bench.upload(Area::tus().piece_max(1000), &content(1));
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Error);
    assert_eq!(job.error().expect("an error").code, http(413));
}

#[test]
fn pieces_shrink_until_one_gets_through_where_cut_ones_are_lost() {
    let bench = Bench::new();
    let area =
        (0..4).fold(Area::tus(), |area, _| area.fault("PATCH", UploadFault::LoseAfter(100_000)));
    bench.must_send(area, &content(1));
    let pieces: Vec<_> = pieces(&bench).into_iter().map(|(bytes, _)| bytes).collect();
    assert!(pieces[..5].is_sorted_by(|one, next| one > next), "they shrink: {pieces:?}");
    assert!(pieces[4..].iter().all(|bytes| *bytes <= pieces[4]), "and stay: {pieces:?}");
}

#[test]
fn errors_of_the_server_have_their_codes() {
    let other = code::BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH;
    for (area, code, state) in [
        (Area::tus().tus_version("0.2.2"), other, JobState::Error),
        (Area::tus().size_max(1000), code::BG_E_TOO_LARGE, JobState::Error),
        (Area::tus().silent().size_max(1000), code::BG_E_TOO_LARGE, JobState::Error),
        (Area::tus().always("POST", 501), http(501), JobState::Error),
        (Area::tus().always("POST", 404), http(404), JobState::Error),
        (
            Area::tus().always("POST", 201),
            code::BG_E_INVALID_SERVER_RESPONSE,
            JobState::TransientError,
        ),
        (Area::tus().always("PATCH", 415), http(415), JobState::Error),
        (Area::tus().always("PATCH", 503), http(503), JobState::TransientError),
        (Area::tus().always("OPTIONS", 401), http(401), JobState::Error),
    ] {
        let bench = Bench::new();
        let job = bench.upload(area, &content(1));
        choose_tus(&job);
        job.resume().expect("resumed");
        assert_eq!(stopped(&job), state, "{code}");
        assert_eq!(job.error().expect("an error").code, code);
        assert_eq!(job.wait_reason().expect("a reason").code, Some(code));
        assert_eq!(bench.server.area("/up/").violations, Vec::<String>::new());
    }
}

#[test]
fn a_source_that_changes_is_noticed_before_the_file_is_whole() {
    let bench = Bench::new();
    let job = bench.upload(Area::tus().fault("PATCH", UploadFault::HoldAnswer), &content(1));
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
    assert_eq!(count(&bench, "DELETE"), 1);
}

#[test]
fn small_and_empty_files_arrive() {
    for extensions in ["creation,termination", "creation,creation-with-upload,checksum"] {
        for length in [0, 1, 4096, 64 * 1024, 64 * 1024 + 1] {
            let bench = Bench::new();
            let small = Content::generated(5, length);
            bench.must_send(Area::tus().extensions(extensions), &small);
            let pieces = u64::from(length > 0);
            assert_eq!(count(&bench, "PATCH"), pieces, "{extensions} {length}");
        }
    }
}

#[test]
fn an_answer_to_a_creation_that_is_lost_costs_another_upload() {
    for length in [4096, LENGTH] {
        let bench = Bench::new();
        let file = Content::generated(5, length);
        let job = bench.upload(Area::tus().fault("POST", UploadFault::LoseAnswer), &file);
        assert_eq!(bench.run(&job, 1), JobState::Transferred, "{:?}", job.error());
        let area = bench.server.area("/up/");
        assert!(area.files["/up/file"].bytes() == file.slice(0..length));
        assert_eq!(area.bytes_stored, length, "the file does not arrive twice");
        // One that nobody knows of is empty, and expires.
        assert!(area.sessions.values().all(|bytes| *bytes == 0), "{:?}", area.sessions);
    }
}

#[test]
fn a_file_over_4_gib_arrives() {
    // A sparse file costs no disk; the server keeps nothing.
    let length = (4 << 30) + 4097;
    let bench = Bench::new();
    let file = std::fs::File::create(bench.path("source")).expect("a source");
    file.set_len(length).expect("a length");
    std::os::unix::fs::FileExt::write_all_at(&file, b"end", length - 3).expect("an end");
    drop(file);
    bench.server.accept_uploads("/up/", Area::tus().discards());
    let job = bench.manager.create_job("large", JobType::Upload).expect("a job");
    job.add_file(&bench.server.url("/up/file"), &bench.name("source")).expect("a file");
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    let area = bench.server.area("/up/");
    assert_eq!(area.files["/up/file"].len(), length);
    assert!(area.files["/up/file"].tail().ends_with(b"end"));
    assert_eq!(area.violations, Vec::<String>::new());
}

#[test]
fn suspend_and_a_new_manager_lose_nothing() {
    let mut bench = Bench::new();
    let job = bench.upload(Area::tus().bytes_per_second(1 << 20), &content(1));
    let id = job.id();
    job.resume().expect("resumed");
    let some = |seen: &Seen<'_>| seen.area("/up/").bytes_stored >= 400_000;
    assert!(bench.server.wait_until(PATIENCE, some));
    job.suspend().expect("suspended");
    drop(job);
    bench.manager.close();
    bench.manager = common::open(bench.folder.path());
    bench.server.accept_uploads("/up/", Area::tus());
    let job = bench.manager.get_job(id).expect("the job");
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    bench.must_have_sent(&content(1));
    assert_eq!(bench.server.area("/up/").bytes_stored, LENGTH, "no byte was sent twice");
    assert_eq!((count(&bench, "POST"), count(&bench, "HEAD")), (1, 1));
}

#[test]
fn a_cancel_at_any_moment_leaves_nothing_on_the_server() {
    for (method, fault) in [
        ("OPTIONS", UploadFault::HoldAnswer),
        ("POST", UploadFault::HoldAnswer),
        ("PATCH", UploadFault::HoldAnswer),
        ("PATCH", UploadFault::CutAfter(100_000)),
    ] {
        let bench = Bench::new();
        let is_cut = matches!(fault, UploadFault::CutAfter(_));
        let job = bench.upload(Area::tus().fault(method, fault), &content(1));
        job.resume().expect("resumed");
        match is_cut {
            true => assert_eq!(stopped(&job), JobState::TransientError),
            false => assert!(bench.server.wait_until(PATIENCE, served(method, 1))),
        }
        assert_eq!(job.cancel().expect("cancelled"), code::S_OK);
        assert_eq!(job.state().expect("a state"), JobState::Cancelled);
        bench.server.open_gate("/up/");
        must_be_gone(&bench, &job);
    }
}

#[test]
fn what_is_owed_is_paid_by_the_next_manager() {
    for trouble in [500, 423, 503] {
        let mut bench = Bench::new();
        let area =
            Area::tus().fault("PATCH", UploadFault::CutAfter(100_000)).always("DELETE", trouble);
        let job = bench.upload(area, &content(1));
        job.resume().expect("resumed");
        assert_eq!(stopped(&job), JobState::TransientError);
        job.cancel().expect("cancelled");
        assert!(bench.server.wait_until(PATIENCE, served("DELETE", 1)));
        assert_eq!(kind(&job), WaitKind::CancellingOnServer);
        drop(job);
        bench.manager.close();
        bench.server.accept_uploads("/up/", Area::tus());
        assert!(!bench.server.area("/up/").sessions.is_empty());
        bench.manager = common::open(bench.folder.path());
        let nothing = |seen: &Seen<'_>| seen.area("/up/").sessions.is_empty();
        assert!(bench.server.wait_until(PATIENCE, nothing));
        bench.must_have_nothing_unfinished();
    }
}

#[test]
fn a_server_without_termination_is_not_asked_for_it() {
    let bench = Bench::new();
    let area = Area::tus().extensions("creation").fault("PATCH", UploadFault::CutAfter(1000));
    let job = bench.upload(area, &content(1));
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    // Neither for a changed file, which gets an upload of its own.
    bench.source("source", &content(2));
    assert_eq!(bench.run(&job, 0), JobState::Error);
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    let area = bench.server.area("/up/");
    assert!(area.files["/up/file"].bytes() == content(2).slice(0..LENGTH));
    assert_eq!(area.violations, Vec::<String>::new());
    assert_eq!(area.served("DELETE"), 0);
}

#[test]
fn the_callers_metadata_comes_before_ours() {
    for (own, expected) in [
        ("Upload-Metadata: filename eA==,filetype dA==\r\n", "filename eA==,filetype dA=="),
        // "source", "text/plain" and "application/octet-stream".
        ("X: y\r\ncontent-type: text/plain\r\n", "filename c291cmNl,filetype dGV4dC9wbGFpbg=="),
        ("Content-Type:\r\n", "filename c291cmNl,filetype YXBwbGljYXRpb24vb2N0ZXQtc3RyZWFt"),
    ] {
        let bench = Bench::new();
        let job = bench.upload(Area::tus(), &content(1));
        job.set_custom_headers(Some(own)).expect("set");
        assert_eq!(bench.run(&job, 0), JobState::Transferred);
        let requests = bench.server.requests();
        let post = requests.iter().find(|request| request.method == "POST").expect("a creation");
        let lines =
            post.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("upload-metadata"));
        let values: Vec<_> = lines.map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, [expected]);
        let types =
            post.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        assert_eq!(types.count(), 0, "what is sent is no file");
    }
}
