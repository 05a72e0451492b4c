//! Uploads that have a URL each: what their servers say of them.

use crate::model::{Job, Now};
use crate::protocol::{
    ServerCapabilities, Step, UploadLimits, UploadRequest, UploadStatus, Verdict,
};
use crate::vocab::{JobState, UploadProtocol, code, limit};

use super::uploads::{SIZE, answer, apply_news, begun, call, change_upload, holding, state};

/// A file that is to be sent so, without an upload yet or with one.
fn sending(session: Option<&str>, written: u64) -> Job {
    let mut job = holding(written);
    change_upload(&mut job, |upload| {
        upload.state.protocol = UploadProtocol::Ietf;
        upload.state.session = session.map(str::to_owned);
        upload.state.sent_until = SIZE;
    });
    job
}

fn stands(job: &mut Job, call: UploadRequest, standing: UploadStatus) {
    apply_news(job, answer(call, Verdict::Stands(Box::new(standing))));
}

fn agree(terms: ServerCapabilities) -> Verdict {
    Verdict::Agreed(Box::new(terms))
}

fn told(session: Option<&str>, position: Option<u64>) -> UploadStatus {
    UploadStatus { session: session.map(str::to_owned), position, ..UploadStatus::default() }
}

#[test]
fn only_a_request_with_the_last_byte_completes_an_upload() {
    for (call, completes) in [
        (call(Step::Send, 0, SIZE), true),
        (call(Step::Create, 0, SIZE), true),
        (call(Step::Send, 0, SIZE - 1), false),
        (call(Step::Whole, 0, SIZE), false),
        (UploadRequest { body: None, ..call(Step::Send, 0, 0) }, false),
    ] {
        let mut job = sending(Some("it"), 0);
        begun(&mut job, call.clone());
        assert_eq!(state(&job).terms.completes, completes, "{call:?}");
    }
    // Nor does one without a body where the size is not known.
    let mut job = sending(Some("it"), 0);
    job.files[0].size = None;
    let call = UploadRequest { body: None, ..call(Step::Send, 0, 0) };
    let source = None;
    apply_news(&mut job, crate::model::UploadEvent::Begun { call, source });
    assert!(!state(&job).terms.completes);
}

#[test]
fn terms_bound_the_pieces_and_the_file() {
    let limits = UploadLimits { append_max: Some(5000), ..UploadLimits::default() };
    let mut job = sending(None, 0);
    let agreed = |limits| agree(ServerCapabilities { limits, ..ServerCapabilities::default() });
    apply_news(&mut job, answer(call(Step::Ask, 0, 0), agreed(limits)));
    assert_eq!(state(&job).piece_bytes_max, 5000);
    assert_eq!(job.files[0].restarts, 0);
    let smaller = UploadLimits { append_max: Some(4000), ..UploadLimits::default() };
    let standing = UploadStatus { limits: smaller, ..told(Some("it"), Some(0)) };
    stands(&mut job, call(Step::Create, 0, 10), standing);
    assert_eq!(state(&job).piece_bytes_max, 4000);
    assert!(state(&job).piece_bytes_max < limit::APPEND_BYTES_MAX);
    for (limits, expected) in [
        (
            UploadLimits { size_max: Some(SIZE - 1), ..UploadLimits::default() },
            code::BG_E_TOO_LARGE,
        ),
        (UploadLimits { size_min: Some(SIZE + 1), ..UploadLimits::default() }, code::E_INVALIDARG),
    ] {
        let mut job = sending(None, 0);
        apply_news(&mut job, answer(call(Step::Ask, 0, 0), agreed(limits)));
        assert_eq!(job.record.error.as_ref().expect("one").code, expected);
        let mut job = sending(Some("it"), 0);
        stands(&mut job, call(Step::Query, 0, 0), UploadStatus { limits, ..told(None, Some(0)) });
        assert_eq!(job.record.error.as_ref().expect("one").code, expected);
        assert!(state(&job).stale, "the server need not keep it");
    }
}

#[test]
fn a_version_that_is_refused_again_and_again_is_waited_with() {
    let mut job = sending(None, 0);
    for round in 1..=3 {
        apply_news(
            &mut job,
            answer(call(Step::Create, 0, 0), agree(ServerCapabilities::default())),
        );
        assert_eq!(job.files[0].restarts, round);
    }
    apply_news(&mut job, answer(call(Step::Create, 0, 0), agree(ServerCapabilities::default())));
    assert_eq!(job.record.state, JobState::TransientError);
}

#[test]
fn an_upload_has_one_place() {
    let mut job = sending(Some("it"), 10);
    stands(&mut job, call(Step::Send, 10, 10), told(Some("it"), Some(20)));
    assert_eq!((job.files[0].written, state(&job).stale), (20, false));
    stands(&mut job, call(Step::Send, 20, 10), told(Some("another"), Some(30)));
    assert!(state(&job).stale);
    assert_eq!(job.record.state, JobState::TransientError);
}

#[test]
fn an_upload_lives_as_long_as_the_server_said_last() {
    let expires = |job: &Job| job.files[0].upload.as_ref().expect("it").expires;
    let age = |age_s| UploadLimits { age_s, ..UploadLimits::default() };
    let mut job = sending(Some("it"), 0);
    let standing = UploadStatus { limits: age(Some(60)), ..told(None, Some(0)) };
    stands(&mut job, call(Step::Query, 0, 0), standing);
    assert_eq!(expires(&job).expect("an end").delay_ms, 60_000);
    assert!(!expires(&job).expect("an end").is_over(Now::default()));
    stands(&mut job, call(Step::Query, 0, 0), told(None, Some(0)));
    assert_eq!(expires(&job).expect("an end").delay_ms, 60_000, "it said nothing else");
    // Another upload does not end with the one before.
    change_upload(&mut job, |upload| upload.state.session = None);
    stands(&mut job, call(Step::Create, 0, 10), told(Some("other"), Some(0)));
    assert_eq!(expires(&job), None);
}

#[test]
fn what_is_said_on_the_way_is_no_answer() {
    let mut job = sending(Some("it"), 10);
    let standing = UploadStatus { on_the_way: true, ..told(None, Some(10)) };
    for _ in 0..9 {
        stands(&mut job, call(Step::Send, 10, 90), standing.clone());
    }
    assert!(state(&job).unsure, "the rest is still coming");
    assert_eq!(job.files[0].restarts, 0);
    let asked = UploadStatus { asked: true, ..told(None, Some(10)) };
    stands(&mut job, call(Step::Query, 0, 0), asked);
    assert_eq!((state(&job).unsure, job.files[0].restarts), (false, 0));
    stands(&mut job, call(Step::Send, 10, 90), told(None, Some(10)));
    assert_eq!(job.files[0].restarts, 1, "it took nothing");
}
