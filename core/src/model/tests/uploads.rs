//! What the requests of an upload lead to, one rule at a time.

use crate::model::record::Closing;
use crate::model::upload::UploadRecord;
use crate::model::{
    Change, Command, Deadline, FileStage, Input, Job, Now, Outcome, Sent, UploadEvent,
};
use crate::protocol::{
    Checksum, Failure, Offer, Proof, Span, Step, Upload, UploadRequest, Verdict,
};
use crate::vocab::{ErrorContext, HResult, JobState, JobType, UploadProtocol, code, limit};

use super::{command, input, new_job, spec};

/// Bytes of the file.
pub const SIZE: u64 = 1 << 20;

/// A job that runs, with a session that holds so many bytes.
pub fn holding(written: u64) -> Job {
    let mut job = new_job(JobType::Upload);
    command(&mut job, Command::AddFiles(vec![spec(0)])).expect("a file");
    command(&mut job, Command::Resume).expect("resume");
    let file = &mut job.files[0];
    (file.size, file.written, file.synced, file.high_water) =
        (Some(SIZE), written, written, written);
    file.upload = Some(Box::default());
    change_upload(&mut job, |upload| {
        upload.state.protocol = UploadProtocol::Bits;
        upload.state.session = Some("session".to_owned());
        upload.state.sent_until = written;
    });
    job
}

pub fn change_upload(job: &mut Job, change: impl FnOnce(&mut UploadRecord)) {
    change(job.files[0].upload.as_mut().expect("an upload"));
}

pub fn state(job: &Job) -> &Upload {
    &job.files[0].upload.as_ref().expect("an upload").state
}

fn at(seconds: u64) -> Now {
    Now { monotonic_ms: seconds * 1000, ..Now::default() }
}

fn news_at(job: &mut Job, news: UploadEvent, now: Now) -> Change {
    input(job, &Input::Outcome(Outcome::Upload { file: 0, news }), now).expect("news")
}

pub fn apply_news(job: &mut Job, news: UploadEvent) -> Change {
    news_at(job, news, Now::default())
}

pub fn answer(call: UploadRequest, verdict: Verdict) -> UploadEvent {
    UploadEvent::Answered { call: Box::new(call), verdict, response_headers: String::new() }
}

pub fn busy() -> Failure {
    let context = ErrorContext::RemoteFile;
    Failure::transient(code::BG_E_CONNECTION_CLOSED, context, "busy".to_owned())
}

pub fn call(step: Step, first: u64, length: u64) -> UploadRequest {
    UploadRequest {
        step,
        method: "POST".to_owned(),
        url: "http://host/0".to_owned(),
        headers: Vec::new(),
        body: Some(Span { first, length }),
        text: None,
        proof: Proof::Credentials,
        patient: false,
        waits: false,
        checksum: None,
        part: 0,
    }
}

pub fn begun(job: &mut Job, call: UploadRequest) -> Change {
    apply_news(job, UploadEvent::Begun { call, source: Some((SIZE, "version".to_owned())) })
}

fn holds(call: UploadRequest, position: u64) -> UploadEvent {
    answer(call, Verdict::Holds { position, reply_url: None })
}

fn opened(position: Option<u64>, host: Option<&str>) -> Verdict {
    let (session, host) = ("other".to_owned(), host.map(str::to_owned));
    Verdict::Opened { session, position, opened_ms: Some(5), host, host_timeout_s: Some(60) }
}

fn cut_off(first: u64, length: u64) -> UploadEvent {
    let cut = Some(Span { first, length });
    let sent = Sent { cut, ..Sent::default() };
    UploadEvent::Failed { step: Step::Send, sent, failure: busy() }
}

fn failed(step: Step) -> UploadEvent {
    UploadEvent::Failed { step, sent: Sent::default(), failure: busy() }
}

#[test]
fn what_is_begun_is_remembered_before_it_goes_out() {
    let mut job = holding(0);
    let change = begun(&mut job, call(Step::Create, 0, 0));
    assert!(change.urgent && state(&job).creating);
    assert_eq!(job.record.state, JobState::Connecting);
    let change = begun(&mut job, call(Step::Send, 10, 90));
    assert!(change.urgent && state(&job).unsure);
    assert_eq!(state(&job).sent_until, 100);
    begun(&mut job, call(Step::Send, 10, 20));
    assert_eq!(state(&job).sent_until, 100, "the session may hold that much");
    let mut job = holding(SIZE);
    let change = begun(&mut job, call(Step::Close, 0, 0));
    assert!(change.urgent && state(&job).unsure);
    assert_eq!(state(&job).close_tries, 1);
    let mut job = holding(10);
    let change = begun(&mut job, call(Step::Whole, 0, SIZE));
    assert!(!change.urgent);
    assert_eq!((job.files[0].written, job.files[0].synced), (0, 0));
    assert_eq!(job.files[0].upload.as_ref().expect("it").source.as_deref(), Some("version"));
}

#[test]
fn new_ground_takes_back_what_failures_counted() {
    for (position, is_new) in [(50, false), (100, false), (101, true)] {
        let mut job = holding(0);
        job.files[0].high_water = 100;
        job.files[0].restarts = 2;
        job.record.attempts = 3;
        let deadline = Some(Deadline::after(Now::default(), 9));
        job.record.no_progress_deadline = deadline;
        change_upload(&mut job, |upload| upload.fallback = deadline);
        apply_news(&mut job, UploadEvent::OnTheWay { bytes: position });
        let (record, file) = (&job.record, &job.files[0]);
        let fallback = file.upload.as_ref().expect("it").fallback;
        let kept = (record.attempts, record.no_progress_deadline, file.restarts, fallback);
        let expected = if is_new { (0, None, 0, None) } else { (3, deadline, 2, deadline) };
        assert_eq!(kept, expected, "{position}");
        assert_eq!((file.written, file.synced), (position, position), "it is safe there");
    }
}

#[test]
fn bytes_without_a_session_are_safe_nowhere() {
    let mut job = holding(0);
    change_upload(&mut job, |upload| upload.state.session = None);
    apply_news(&mut job, UploadEvent::OnTheWay { bytes: 70 });
    assert_eq!((job.files[0].written, job.files[0].synced), (70, 0));
    let change = apply_news(&mut job, UploadEvent::Stopped(Sent::default()));
    assert_eq!(job.files[0].written, 0);
    assert!(change.restarted.contains(&0));
    let mut job = holding(70);
    let change = apply_news(&mut job, UploadEvent::Stopped(Sent::default()));
    assert_eq!(job.files[0].written, 70, "the session has them");
    assert!(change.restarted.is_empty());
}

#[test]
fn a_server_that_holds_more_than_it_can_is_left() {
    for (sent_until, position) in [(100, 101), (2 * SIZE, SIZE + 1)] {
        let mut job = holding(50);
        change_upload(&mut job, |upload| upload.state.sent_until = sent_until);
        let change = apply_news(&mut job, holds(call(Step::Send, 50, 50), position));
        assert!(state(&job).stale, "what it holds is not the file: {position}");
        assert_eq!(job.files[0].written, 0);
        assert!(change.restarted.contains(&0));
        assert_eq!(job.record.state, JobState::TransientError);
    }
}

#[test]
fn the_server_says_where_to_go_on() {
    let mut job = holding(50);
    change_upload(&mut job, |upload| {
        upload.state.sent_until = 100;
        upload.state.unsure = true;
        (upload.state.piece_bytes, upload.state.piece_bytes_max) = (50, 1000);
    });
    let query = UploadRequest { body: None, ..call(Step::Query, 0, 0) };
    let change = apply_news(&mut job, holds(query, 40));
    assert!(change.restarted.contains(&0) && !state(&job).unsure);
    assert_eq!((job.files[0].written, job.files[0].restarts), (40, 0), "a question costs nothing");
    let change = apply_news(&mut job, holds(call(Step::Send, 40, 60), 90));
    assert!(change.restarted.is_empty());
    assert_eq!((job.files[0].written, state(&job).piece_bytes), (90, 50));
    apply_news(&mut job, holds(call(Step::Send, 90, 10), 100));
    assert_eq!(state(&job).piece_bytes, 100, "it took all of the piece");
}

#[test]
fn a_server_that_takes_nothing_more_is_waited_for() {
    let mut job = holding(50);
    change_upload(&mut job, |upload| upload.state.sent_until = 100);
    for round in 1..=3 {
        apply_news(&mut job, holds(call(Step::Send, 50, 50), 50));
        assert_eq!((job.files[0].restarts, job.record.state), (round, JobState::Transferring));
    }
    apply_news(&mut job, holds(call(Step::Send, 50, 50), 50));
    assert_eq!(job.record.state, JobState::TransientError);
    // A new session is filled up again: that is headway, if not new ground.
    let mut job = holding(50);
    job.files[0].high_water = 500;
    change_upload(&mut job, |upload| upload.state.sent_until = 100);
    apply_news(&mut job, holds(call(Step::Send, 50, 50), 100));
    assert_eq!(job.files[0].restarts, 0);
}

#[test]
fn a_new_session_begins_with_what_it_says_it_holds() {
    let mut job = holding(70);
    change_upload(&mut job, |upload| (upload.state.close_tries, upload.state.stale) = (2, true));
    let create = || call(Step::Create, 0, 30);
    let change = apply_news(&mut job, answer(create(), opened(Some(20), Some("host"))));
    assert!(change.urgent, "the server is to be told if nobody wants it any more");
    let state_now = state(&job);
    assert_eq!((state_now.close_tries, state_now.stale, state_now.unsure), (0, false, false));
    assert_eq!((state_now.sent_until, state_now.greets), (30, true));
    assert_eq!(state_now.opened_ms, Some(5));
    assert_eq!((job.files[0].written, job.files[0].synced), (20, 20));
    apply_news(&mut job, answer(create(), opened(Some(99), None)));
    assert_eq!(job.files[0].written, 30, "it cannot hold more than was sent");
    assert!(!state(&job).greets);
    apply_news(&mut job, answer(create(), opened(None, None)));
    assert!(state(&job).unsure, "it is asked");
    assert_eq!(job.files[0].written, 0);
}

#[test]
fn a_file_that_changed_is_sent_anew_by_resume_and_not_before() {
    let mut job = holding(70);
    change_upload(&mut job, |upload| {
        upload.source = Some("version".to_owned());
        upload.state.has_reply = true;
        upload.state.verifies = true;
        upload.state.multipart.begin(1);
    });
    apply_news(&mut job, UploadEvent::SourceChanged);
    assert_eq!(job.record.state, JobState::Error);
    assert_eq!(job.record.error.as_ref().expect("one").code, code::BG_E_LOCAL_FILE_CHANGED);
    let file = &job.files[0];
    assert_eq!((file.size, file.written, file.high_water), (None, 0, 0));
    assert_eq!(file.upload.as_ref().expect("it").source, None);
    let state = state(&job);
    assert!(state.stale && !state.has_reply && !state.verifies && state.multipart.sent.is_empty());
}

#[test]
fn a_piece_that_is_too_large_is_halved_down_to_the_least() {
    let mut job = holding(0);
    let large = 8 * limit::PIECE_BYTES_MIN;
    apply_news(&mut job, answer(call(Step::Send, 0, large), Verdict::TooLarge));
    assert_eq!((state(&job).piece_bytes, state(&job).piece_bytes_max), (large / 2, large / 2));
    assert!(job.record.error.is_none());
    let least = call(Step::Send, 0, limit::PIECE_BYTES_MIN);
    apply_news(&mut job, answer(least, Verdict::TooLarge));
    assert_eq!(job.record.state, JobState::Error);
}

#[test]
fn a_piece_that_was_cut_off_is_halved_where_nothing_can_be_asked() {
    let mut job = holding(0);
    let before = state(&job).piece_bytes;
    apply_news(&mut job, failed(Step::Query));
    apply_news(&mut job, failed(Step::Send));
    assert_eq!(state(&job).piece_bytes, before, "no byte of it went out");
    apply_news(&mut job, cut_off(0, before));
    assert_eq!(state(&job).piece_bytes, before / 2);
}

#[test]
fn a_piece_of_which_nothing_was_kept_is_the_ceiling_of_the_others() {
    let query = || UploadRequest { body: None, ..call(Step::Query, 0, 0) };
    for (position, kept) in [(50, false), (51, true)] {
        let mut job = holding(50);
        let large = 8 * limit::PIECE_BYTES_MIN;
        change_upload(&mut job, |upload| {
            upload.state.protocol = UploadProtocol::Tus;
            upload.state.sent_until = large;
            upload.state.piece_bytes = large;
        });
        apply_news(&mut job, cut_off(50, large));
        assert_eq!(state(&job).piece_bytes, large, "the server is asked first");
        apply_news(&mut job, holds(query(), position));
        let most = if kept { limit::PIECE_BYTES_MAX } else { large / 2 };
        assert_eq!(state(&job).piece_bytes_max, most, "{position}");
        assert_eq!(state(&job).piece_bytes, if kept { large } else { large / 2 });
        // An answer to a later question says nothing of it.
        apply_news(&mut job, holds(query(), 50));
        assert_eq!(state(&job).piece_bytes_max, most);
    }
}

#[test]
fn a_checksum_that_makes_pieces_whole_or_none_is_dropped_first() {
    let mut job = holding(50);
    change_upload(&mut job, |upload| {
        upload.state.protocol = UploadProtocol::Tus;
        upload.state.sent_until = SIZE;
        upload.state.offer = Some(Offer { checksum: Some(Checksum::Sha1), ..Offer::default() });
    });
    let before = state(&job).piece_bytes;
    let query = || UploadRequest { body: None, ..call(Step::Query, 0, 0) };
    apply_news(&mut job, cut_off(50, before));
    apply_news(&mut job, holds(query(), 50));
    assert_eq!(state(&job).offer.as_ref().expect("an offer").checksum, None);
    assert_eq!(state(&job).piece_bytes, before);
    apply_news(&mut job, cut_off(50, before));
    apply_news(&mut job, holds(query(), 50));
    assert_eq!(state(&job).piece_bytes, before / 2, "it was not the checksum");
}

#[test]
fn a_dropped_checksum_comes_back_if_the_server_refuses_pieces_without_it() {
    let mut job = holding(50);
    change_upload(&mut job, |upload| {
        upload.state.protocol = UploadProtocol::Tus;
        upload.state.sent_until = SIZE;
        upload.state.offer = Some(Offer { checksum: Some(Checksum::Sha1), ..Offer::default() });
    });
    let query = || UploadRequest { body: None, ..call(Step::Query, 0, 0) };
    let checksum = |job: &Job| state(job).offer.as_ref().expect("an offer").checksum;
    let before = state(&job).piece_bytes;
    apply_news(&mut job, cut_off(50, before));
    apply_news(&mut job, holds(query(), 50));
    assert_eq!(checksum(&job), None);
    let refused = HResult::from_http_status(500);
    let failure = Failure::transient(refused, ErrorContext::RemoteFile, "500".to_owned());
    apply_news(&mut job, answer(call(Step::Send, 50, 10), Verdict::Refused(failure)));
    command(&mut job, Command::Resume).expect("resume");
    assert_eq!(checksum(&job), Some(Checksum::Sha1));
    apply_news(&mut job, cut_off(50, before));
    apply_news(&mut job, holds(query(), 50));
    assert_eq!(checksum(&job), Some(Checksum::Sha1), "it is not dropped again");
}

#[test]
fn a_session_of_an_old_record_may_hold_more_than_was_sent() {
    let query = || UploadRequest { body: None, ..call(Step::Query, 0, 0) };
    let old = || {
        let mut job = holding(50);
        job.after_restart(None, Now::default());
        job
    };
    let mut job = old();
    apply_news(&mut job, holds(query(), SIZE));
    assert_eq!((job.files[0].written, state(&job).stale), (SIZE, false));
    assert_eq!((state(&job).sent_until, state(&job).may_be_old), (SIZE, false));
    let mut job = old();
    apply_news(&mut job, holds(query(), SIZE + 1));
    assert!(state(&job).stale, "more than the file has");
    // Without a question, what is beyond the fragment is told twice.
    let piece = || call(Step::Send, 50, 50);
    for (told, is_good) in [(&[300, 350, 350][..], true), (&[300, 350, 400, 450], false)] {
        let mut job = old();
        begun(&mut job, piece());
        for position in told {
            assert_eq!((job.files[0].written, state(&job).stale), (50, false));
            apply_news(&mut job, holds(piece(), *position));
        }
        assert_eq!(state(&job).stale, !is_good, "an overlap is stored each time");
        assert_eq!(job.files[0].written, if is_good { 350 } else { 0 });
    }
}

#[test]
fn bytes_of_a_killed_process_that_still_come_in_are_waited_for() {
    let mut job = holding(50);
    job.after_restart(None, Now::default());
    let piece = || call(Step::Send, 50, 50);
    begun(&mut job, piece());
    // The first answer is asked for again at once.
    apply_news(&mut job, holds(piece(), 300));
    assert_eq!(job.record.state, JobState::Transferring);
    for position in [310, 390, 410, 411] {
        apply_news(&mut job, holds(piece(), position));
        assert_eq!((job.record.state, state(&job).stale), (JobState::TransientError, false));
        let error = job.record.error.as_ref().expect("an error");
        assert!(error.message.contains("still taking"), "{}", error.message);
        command(&mut job, Command::Resume).expect("resume");
        begun(&mut job, piece());
    }
    apply_news(&mut job, holds(piece(), 411));
    assert_eq!((job.files[0].written, state(&job).may_be_old), (411, false));
    assert_eq!(job.record.state, JobState::Transferring);
}

#[test]
fn what_may_leave_bytes_or_a_file_is_synced_before_it_goes_out() {
    let mut job = holding(0);
    assert!(!begun(&mut job, call(Step::Create, 0, 0)).durable, "nothing is left behind");
    assert!(begun(&mut job, call(Step::Create, 0, 10)).durable);
    assert!(!begun(&mut job, call(Step::Send, 0, 10)).durable);
    assert!(begun(&mut job, call(Step::Send, 10, SIZE - 10)).durable, "the last piece");
    assert!(begun(&mut job, call(Step::Close, 0, 0)).durable);
    let change = apply_news(&mut job, answer(call(Step::Create, 0, 0), opened(Some(0), None)));
    assert!(change.durable, "no byte goes into a session that may be forgotten");
}

#[test]
fn what_the_server_said_it_took_it_must_hold() {
    let mut job = holding(0);
    change_upload(&mut job, |upload| {
        (upload.state.sent_until, upload.state.taken_until) = (100, 100);
    });
    let query = UploadRequest { body: None, ..call(Step::Query, 0, 0) };
    apply_news(&mut job, holds(query, 50));
    assert_eq!((job.files[0].written, job.record.state), (50, JobState::TransientError));
    assert_eq!(job.record.error_count, 1);
}

#[test]
fn a_finished_upload_is_transferred_and_holds_no_session() {
    for (step, session) in [(Step::Close, Some("session".to_owned())), (Step::Whole, None)] {
        let mut job = holding(70);
        change_upload(&mut job, |upload| upload.state.session = session);
        apply_news(&mut job, answer(call(step, 0, 0), Verdict::Finished));
        let file = &job.files[0];
        assert_eq!((file.written, file.synced, file.stage), (SIZE, SIZE, FileStage::Published));
        assert_eq!(state(&job).session, None);
        assert_eq!(job.record.state, JobState::Transferred);
    }
}

#[test]
fn a_close_whose_answer_was_lost_asks_for_the_file_by_the_age_of_the_upload() {
    let mut job = holding(SIZE);
    change_upload(&mut job, |upload| upload.state.opened_ms = Some(7));
    apply_news(&mut job, answer(call(Step::Close, 0, 0), Verdict::Doubt));
    let state = state(&job);
    assert_eq!((state.session.as_ref(), state.opened_ms, state.verifies), (None, Some(7), true));
}

#[test]
fn a_session_that_cannot_be_cancelled_is_left_after_a_few_tries() {
    let mut job = holding(70);
    change_upload(&mut job, |upload| upload.state.stale = true);
    for _ in 0..3 {
        job.record.state = JobState::Transferring;
        apply_news(&mut job, failed(Step::Cancel));
        assert!(state(&job).session.is_some());
    }
    job.record.state = JobState::Transferring;
    apply_news(&mut job, failed(Step::Cancel));
    assert_eq!((state(&job).session.as_ref(), state(&job).stale), (None, false));
}

#[test]
fn a_host_that_fails_for_too_long_is_left() {
    let mut job = holding(70);
    change_upload(&mut job, |upload| {
        upload.state.host = Some("host".to_owned());
        upload.state.host_timeout_s = Some(60);
    });
    for (seconds, is_left) in [(0, false), (59, false), (60, true)] {
        job.record.state = JobState::Transferring;
        news_at(&mut job, failed(Step::Send), at(seconds));
        assert_eq!(state(&job).host.is_none(), is_left, "{seconds}");
    }
    assert_eq!(state(&job).session, None, "the first host knows nothing of it");
}

#[test]
fn what_is_owed_to_a_server_is_owed_for_a_while() {
    let day = u64::from(limit::SERVER_CLEANUP_MAX_S);
    for (timeout_s, seconds) in [(60, 60), (limit::SERVER_CLEANUP_MAX_S * 2, day)] {
        let mut job = holding(70);
        job.record.no_progress_timeout_s = timeout_s;
        command(&mut job, Command::Cancel).expect("cancel");
        news_at(&mut job, failed(Step::Cancel), at(0));
        let Some(Closing::ServerCleanup { retry: Some(retry), attempts: 1, .. }) =
            job.record.closing
        else {
            panic!("{:?}", job.record.closing);
        };
        assert_eq!(retry.delay_ms, u64::from(job.record.minimum_retry_delay_s) * 1000);
        news_at(&mut job, failed(Step::Cancel), at(seconds - 1));
        assert!(matches!(job.record.closing, Some(Closing::ServerCleanup { attempts: 2, .. })));
        let mut refused = job.clone();
        news_at(&mut job, failed(Step::Cancel), at(seconds));
        assert_eq!(job.record.closing, None, "it is given up");
        let never = Verdict::Refused(Failure { transient: false, ..busy() });
        news_at(&mut refused, answer(call(Step::Cancel, 0, 0), never), at(1));
        assert_eq!(refused.record.closing, None, "it is of no use to ask again");
    }
}

#[test]
fn a_cancelled_upload_stays_cancelled_whatever_its_requests_say() {
    let whole = || call(Step::Whole, 0, SIZE);
    for news in [
        answer(whole(), Verdict::Finished),
        answer(whole(), Verdict::Refused(busy())),
        UploadEvent::OnTheWay { bytes: SIZE },
        UploadEvent::Begun { call: whole(), source: None },
    ] {
        let mut job = holding(0);
        job.files[0].upload = None;
        command(&mut job, Command::Cancel).expect("cancel");
        assert_eq!((job.record.state, job.record.closing), (JobState::Cancelled, None));
        let before = (job.record.clone(), job.files.clone());
        apply_news(&mut job, news.clone());
        assert_eq!((job.record, job.files), before, "{news:?}");
    }
}
