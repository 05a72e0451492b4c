//! What the requests of an upload in parts lead to, one rule at a time.

use std::collections::BTreeSet;

use crate::model::record::Closing;
use crate::model::upload::UploadRecord;
use crate::model::{Command, Job, Sent, Totals, UploadEvent, next_upload_call};
use crate::protocol::{Failure, PresignedRequests, RetryAfter, Step, UploadRequest, Verdict};
use crate::vocab::{JobState, JobType, UploadProtocol};

use super::uploads::{answer, apply_news, busy, change_upload, state};
use super::{command, new_job, spec};

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
    job.record.totals = Totals::of(&job.files);
    job
}

fn part(number: u32) -> UploadRequest {
    let job = sending(&[]);
    next_upload_call(&job.record, &job.files[0], SIZE, number).expect("a part")
}

fn stored(number: u32) -> UploadEvent {
    answer(part(number), Verdict::Stored { number, etag: format!("etag {number}") })
}

fn refused(number: u32, failure: Failure) -> UploadEvent {
    answer(part(number), Verdict::Refused(failure))
}

#[test]
fn a_part_that_nobody_waits_for_changes_nothing() {
    let sent = Sent { part: 2, whole: true, cut: None };
    for news in [
        stored(2),
        refused(2, busy()),
        UploadEvent::Stopped(sent),
        UploadEvent::Failed { step: Step::Send, sent, failure: busy() },
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
    let multipart = &state(&job).multipart;
    assert_eq!(multipart.parts.get(&3).map(String::as_str), Some("etag 3"));
    assert_eq!(multipart.sent, BTreeSet::from([1, 2]));
    assert_eq!(job.files[0].written, SIZE - 2 * PART);
    assert_eq!(job.record.state, JobState::Transferring);
}

#[test]
fn a_part_that_broke_off_whole_is_asked_for_before_it_is_sent_again() {
    let mut job = sending(&[1, 2, 3]);
    apply_news(&mut job, UploadEvent::Stopped(Sent { part: 2, whole: true, cut: None }));
    apply_news(&mut job, UploadEvent::Stopped(Sent { part: 3, whole: false, cut: None }));
    let now = state(&job);
    assert_eq!(now.multipart.lost, BTreeSet::from([2]), "the other one cannot be whole");
    assert!(now.multipart.strays, "it may be stored when the upload is forgotten");
    assert!(!now.unsure, "another part is still on its way");
    apply_news(&mut job, UploadEvent::Stopped(Sent { part: 1, whole: false, cut: None }));
    assert!(state(&job).unsure, "nothing is on its way, and the server may hold more");
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
        let state = &state(&job);
        assert_eq!(state.multipart.failures, 1, "fewer go at a time");
        assert_eq!(state.unsure, parts.len() == 1);
    }
}

#[test]
fn the_list_of_the_server_takes_the_place_of_what_was_known() {
    let mut job = sending(&[3]);
    change_upload(&mut job, |upload| {
        upload.state.unsure = true;
        upload.state.multipart.lost = BTreeSet::from([2]);
        upload.state.multipart.parts = [(1, "old".to_owned()), (2, "old".to_owned())].into();
    });
    job.files[0].written = 2 * PART;
    let list = |first: u32, more| {
        let parts = [(first, "new".to_owned())].into();
        answer(
            UploadRequest { step: Step::Query, part: 0, ..part(1) },
            Verdict::Listed { parts, more },
        )
    };
    apply_news(&mut job, list(1, Some(1)));
    let state = &state(&job);
    assert_eq!(state.multipart.parts.values().collect::<Vec<_>>(), ["new"]);
    assert!(state.unsure && state.multipart.listed == 1, "the rest of the list is to come");
    assert_eq!(state.multipart.lost, BTreeSet::from([2]));
    let change = apply_news(&mut job, list(3, None));
    let state = &self::state(&job);
    assert_eq!(state.multipart.parts.keys().copied().collect::<Vec<_>>(), [1, 3]);
    assert!(!state.unsure && state.multipart.listed == 0);
    assert_eq!((&state.multipart.lost, state.multipart.last), (&BTreeSet::new(), 0));
    assert_eq!(job.files[0].written, SIZE - PART);
    assert!(change.restarted.contains(&0), "it holds less than was believed");
}

#[test]
fn a_permit_is_stored_before_anything_else_and_is_for_one_region() {
    let mut job = sending(&[]);
    let permit =
        PresignedRequests { cancel_url: "c".to_owned(), check_url: "d".to_owned(), signed_ms: 1 };
    let change = apply_news(&mut job, UploadEvent::Permitted(permit.clone()));
    assert!(change.urgent, "it is all that cancels the upload when the process is gone");
    assert_eq!(state(&job).multipart.permit, Some(permit));
    change_upload(&mut job, |upload| upload.state.creating = true);
    let elsewhere = Verdict::Region("elsewhere".to_owned());
    apply_news(&mut job, answer(UploadRequest { part: 0, ..part(1) }, elsewhere));
    assert_eq!(state(&job).multipart.permit, None);
    assert_eq!(state(&job).multipart.region.as_deref(), Some("elsewhere"));
    assert!(!state(&job).creating, "the server made nothing");
}

#[test]
fn an_upload_is_forgotten_once_more_if_a_part_may_have_come_after() {
    let mut job = sending(&[1]);
    apply_news(&mut job, UploadEvent::Stopped(Sent { part: 1, whole: true, cut: None }));
    command(&mut job, Command::Cancel).expect("cancel");
    let step = |step, verdict| answer(UploadRequest { step, part: 0, ..part(1) }, verdict);
    apply_news(&mut job, step(Step::Cancel, Verdict::Aborted));
    assert!(state(&job).multipart.aborted);
    apply_news(&mut job, step(Step::Check, Verdict::Refused(busy())));
    assert!(!state(&job).multipart.aborted, "it is told again");
    apply_news(&mut job, step(Step::Cancel, Verdict::Aborted));
    apply_news(&mut job, step(Step::Check, Verdict::Dropped));
    assert!(!state(&job).multipart.aborted, "it is told again");
    let owes = matches!(job.record.closing, Some(Closing::ServerCleanup { retry: Some(_), .. }));
    assert!(owes, "a while later");
    apply_news(&mut job, step(Step::Check, Verdict::Dropped));
    assert_eq!(job.record.closing, None);
}
