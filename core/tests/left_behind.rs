//! What a server keeps of a cancelled upload is said: in the result of Cancel, or
//! later in an event and in what its handle answers.

mod common;

use bgcopy_core::vocab::code;
use bgcopy_core::{EventKind, HResult, Job, JobState, PropertyValue, UploadProtocol, WaitKind};
use bgcopy_test_server::{Area, BucketFault, Seen, UploadFault};

use common::bucket::{bucket, failing, job as s3_job, large, must_be_gone, seen, served};
use common::{Bench, PATIENCE, content, http, kind, stopped};

/// The job property UPLOAD_PROTOCOL.
const UPLOAD_PROTOCOL: u32 = 0x1001;

/// A job that was interrupted in the middle of its file.
fn interrupted(bench: &Bench, area: Area, protocol: UploadProtocol, method: &str) -> Job {
    let job = bench.upload(area.fault(method, UploadFault::CutAfter(300_000)), &content(1));
    let value = PropertyValue::Dword(protocol.as_u32());
    job.set_property(UPLOAD_PROTOCOL, value).expect("set");
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError, "{:?}", job.error());
    job
}

/// Listeners and whoever has the job learn that the server keeps something.
fn must_say(bench: &Bench, job: &Job, code: HResult, words: &str) {
    let event = loop {
        let event = bench.manager.next_event(Some(PATIENCE)).expect("events").expect("an event");
        if event.kind == EventKind::JobError {
            break event;
        }
    };
    let error = event.error.expect("an error");
    assert_eq!((event.job, error.code), (job.id(), code));
    assert!(error.message.contains(words), "{}", error.message);
    assert_eq!(job.error().expect("an error").message, error.message);
    let reason = job.wait_reason().expect("a reason");
    assert_eq!((reason.kind, reason.code), (WaitKind::Finished, Some(code)));
    assert!(reason.message.contains(words), "{}", reason.message);
}

#[test]
fn a_server_that_does_not_delete_keeps_the_upload() {
    for (area, protocol, method, cancels) in [
        (Area::tus(), UploadProtocol::Tus, "PATCH", "DELETE"),
        (Area::new(), UploadProtocol::Bits, "Fragment", "Cancel-Session"),
    ] {
        let bench = Bench::new();
        let job = interrupted(&bench, area.always(cancels, 405), protocol, method);
        assert_eq!(job.cancel().expect("cancelled"), code::S_OK);
        let words = format!("the server keeps the unfinished upload: {cancels} answered 405");
        must_say(&bench, &job, http(405), &words);
        let seen = bench.server.area("/up/");
        assert_eq!((seen.served(cancels), seen.sessions.len()), (1, 1));
    }
}

#[test]
fn a_server_without_termination_keeps_the_upload() {
    let bench = Bench::new();
    let area = Area::tus().extensions("creation");
    let job = interrupted(&bench, area, UploadProtocol::Tus, "PATCH");
    assert_eq!(job.cancel().expect("cancelled"), code::S_OK);
    must_say(&bench, &job, code::E_NOT_SUPPORTED, "it offers no way to delete it");
    assert_eq!(bench.server.area("/up/").served("DELETE"), 0);
}

#[test]
fn a_put_that_was_cut_off_may_have_left_something() {
    for protocol in [UploadProtocol::Put, UploadProtocol::Post] {
        let bench = Bench::new();
        let method = if protocol == UploadProtocol::Put { "PUT" } else { "POST" };
        let job = interrupted(&bench, Area::new(), protocol, method);
        assert_eq!(job.cancel().expect("cancelled"), code::BG_S_UNABLE_TO_DELETE_FILES);
        must_say(&bench, &job, code::E_NOT_SUPPORTED, "may keep what came of the file");
    }
}

#[test]
fn parts_that_s3_keeps_are_said() {
    let bench = Bench::new();
    let faulty = failing(&BucketFault::CutAfter(1000));
    let faulty = faulty.always("AbortMultipartUpload", 405, "MethodNotAllowed");
    let job = s3_job(&bench, faulty, &large());
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    assert_eq!(job.cancel().expect("cancelled"), code::S_OK);
    must_say(&bench, &job, http(405), "the server keeps the unfinished upload");
    assert_eq!(seen(&bench).uploads.len(), 1);
}

#[test]
fn what_is_forbidden_is_asked_for_again() {
    let bench = Bench::new();
    let faulty = failing(&BucketFault::CutAfter(1000));
    let faulty = faulty.always("AbortMultipartUpload", 403, "AccessDenied");
    let job = s3_job(&bench, faulty, &large());
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    assert_eq!(job.cancel().expect("cancelled"), code::S_OK);
    assert!(bench.server.wait_until(PATIENCE, served("AbortMultipartUpload", 1)));
    while job.wait_reason().expect("a reason").code.is_none() {
        assert_eq!(kind(&job), WaitKind::CancellingOnServer);
        std::thread::yield_now();
    }
    let reason = job.wait_reason().expect("a reason");
    assert_eq!(reason.code, Some(http(403)));
    assert!(reason.message.contains("s3:AbortMultipartUpload"), "{}", reason.message);
    bench.server.serve_bucket("/bucket/", bucket());
    must_be_gone(&bench, &job);
}

#[test]
fn an_upload_that_is_deleted_leaves_nothing_to_say() {
    let bench = Bench::new();
    let job = interrupted(&bench, Area::tus(), UploadProtocol::Tus, "PATCH");
    job.cancel().expect("cancelled");
    let deleted = |seen: &Seen<'_>| seen.area("/up/").sessions.is_empty();
    assert!(bench.server.wait_until(PATIENCE, deleted));
    bench.must_settle(&job);
    assert_eq!(job.wait_reason().expect("a reason").code, None);
    assert_eq!(job.error().expect_err("none").code, code::DO_E_ERROR_INFORMATION_UNAVAILABLE);
}
