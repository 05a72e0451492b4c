//! What the requests of an upload lead to, one rule at a time.

use std::collections::BTreeSet;

use crate::model::upload::{Sent, UploadNews, UploadRecord};
use crate::model::{Change, Command, Input, Job, Now, Outcome, next_upload_call};
use crate::protocol::{Call, Failure, RetryAfter, Step, Verdict};
use crate::vocab::{ErrorContext, JobState, JobType, UploadProtocol, code};

use super::{command, input, new_job, spec};

/// Bytes of a part, and of the file.
const PART: u64 = 10;
const SIZE: u64 = 25;

/// An upload to S3 in three parts, some of which are on their way.
fn sending(parts: &[u32]) -> Job {
    let mut job = new_job(JobType::Upload);
    command(&mut job, Command::AddFiles(vec![spec(0)])).expect("a file");
    command(&mut job, Command::Resume).expect("resume");
    let mut upload = UploadRecord::default();
    upload.state.protocol = UploadProtocol::S3;
    upload.state.session = Some("upload".to_owned());
    upload.state.multipart.part_bytes = PART;
    parts.iter().for_each(|part| upload.state.multipart.begin(*part));
    job.files[0].size = Some(SIZE);
    job.files[0].upload = Some(Box::new(upload));
    job
}

fn apply_news(job: &mut Job, news: UploadNews) -> Change {
    let outcome = Outcome::Upload { file: 0, news };
    input(job, &Input::Outcome(outcome), Now::default()).expect("news")
}

fn part(number: u32) -> Call {
    let job = sending(&[]);
    next_upload_call(&job.record, &job.files[0], SIZE, number).expect("a part")
}

fn answer(call: Call, verdict: Verdict) -> UploadNews {
    UploadNews::Answered { call: Box::new(call), verdict, response_headers: String::new() }
}

fn stored(number: u32) -> UploadNews {
    answer(part(number), Verdict::Stored { number, etag: format!("etag {number}") })
}

fn refused(number: u32, failure: Failure) -> UploadNews {
    answer(part(number), Verdict::Refused(failure))
}

fn busy() -> Failure {
    let context = ErrorContext::RemoteFile;
    Failure::transient(code::BG_E_CONNECTION_CLOSED, context, "busy".to_owned())
}

fn upload(job: &Job) -> &UploadRecord {
    job.files[0].upload.as_deref().expect("an upload")
}

#[test]
fn a_part_that_nobody_waits_for_changes_nothing() {
    let sent = Sent { part: 2, whole: true };
    for news in [
        stored(2),
        refused(2, busy()),
        UploadNews::Stopped(sent),
        UploadNews::Failed { step: Step::Send, sent, failure: busy() },
    ] {
        let mut job = sending(&[1]);
        let before = (job.record.clone(), job.files.clone());
        apply_news(&mut job, news.clone());
        assert_eq!((job.record, job.files), before, "{news:?}");
    }
}

#[test]
fn a_part_that_is_stored_is_held_under_its_name() {
    let mut job = sending(&[1, 2, 3]);
    let change = apply_news(&mut job, stored(3));
    assert!(change.urgent, "its name is known by this answer alone");
    let multipart = &upload(&job).state.multipart;
    assert_eq!(multipart.parts.get(&3).map(String::as_str), Some("etag 3"));
    assert_eq!(multipart.sent, BTreeSet::from([1, 2]));
    assert_eq!(job.files[0].written, SIZE - 2 * PART);
    assert_eq!(job.record.state, JobState::Transferring);
}

#[test]
fn a_part_that_broke_off_whole_is_asked_for_before_it_is_sent_again() {
    let mut job = sending(&[1, 2, 3]);
    apply_news(&mut job, UploadNews::Stopped(Sent { part: 2, whole: true }));
    apply_news(&mut job, UploadNews::Stopped(Sent { part: 3, whole: false }));
    let state = &upload(&job).state;
    assert_eq!(state.multipart.lost, BTreeSet::from([2]), "the other one cannot be whole");
    assert!(state.multipart.strays, "it may be stored when the upload is forgotten");
    assert!(!state.unsure, "another part is still on its way");
    apply_news(&mut job, UploadNews::Stopped(Sent { part: 1, whole: false }));
    assert!(upload(&job).state.unsure, "nothing is on its way, and the server may hold more");
}

#[test]
fn a_part_that_is_refused_stops_the_job_only_if_waiting_is_of_use() {
    let later = Failure { retry_after: Some(RetryAfter::Seconds(9)), ..busy() };
    let never = Failure { transient: false, ..busy() };
    for (parts, failure, expected) in [
        (&[1, 2][..], busy(), JobState::Queued),
        (&[1], busy(), JobState::TransientError),
        (&[1, 2], later, JobState::TransientError),
        (&[1, 2], never, JobState::Error),
    ] {
        let mut job = sending(parts);
        apply_news(&mut job, refused(1, failure.clone()));
        assert_eq!(job.record.state, expected, "{parts:?} {failure:?}");
        let state = &upload(&job).state;
        assert_eq!(state.multipart.failures, 1, "fewer go at a time");
        assert_eq!(state.unsure, parts.len() == 1);
    }
}

#[test]
fn a_cancelled_upload_stays_cancelled_whatever_its_requests_say() {
    let whole = || Call { step: Step::Whole, part: 0, ..part(1) };
    for news in [
        answer(whole(), Verdict::Finished),
        answer(whole(), Verdict::Refused(busy())),
        UploadNews::OnTheWay { bytes: SIZE },
        UploadNews::Begun { call: whole(), source: None },
    ] {
        let mut job = sending(&[]);
        job.files[0].upload = None;
        command(&mut job, Command::Cancel).expect("cancel");
        assert_eq!((job.record.state, job.record.closing), (JobState::Cancelled, None));
        let before = (job.record.clone(), job.files.clone());
        apply_news(&mut job, news.clone());
        assert_eq!((job.record, job.files), before, "{news:?}");
    }
}
