//! Replies to uploads: when they are fetched, and where they go.

use crate::model::reply::{self, REPLY};
use crate::model::{Command, FileStage, Input, Job, Now, Outcome};
use crate::protocol::{Step, Verdict};
use crate::vocab::{JobState, JobType, code};

use super::input;
use super::uploads::{SIZE, answer, apply_news, call, holding};

/// What the server says once it holds so many bytes.
fn told(job: &mut Job, position: u64) {
    let reply_url = Some("http://elsewhere/reply".to_owned());
    let verdict = Verdict::Holds { position, reply_url };
    job.files[0].upload.as_mut().expect("it").state.sent_until = SIZE;
    apply_news(job, answer(call(Step::Send, 0, position), verdict));
}

fn with_reply() -> Job {
    let mut job = holding(0);
    job.record.job_type = JobType::UploadReply;
    told(&mut job, SIZE);
    job
}

fn requested(job: &Job) -> Vec<u32> {
    job.requests().map(|(index, _)| index).collect()
}

#[test]
fn a_reply_is_told_of_once_all_is_sent_and_only_to_who_wants_one() {
    let mut job = holding(0);
    job.record.job_type = JobType::UploadReply;
    told(&mut job, SIZE - 1);
    assert_eq!(job.files.len(), 1);
    let mut job = holding(0);
    told(&mut job, SIZE);
    assert_eq!(job.files.len(), 1, "the job is no UPLOAD_REPLY");
    let job = with_reply();
    assert_eq!(job.files[1].remote_name, "http://elsewhere/reply");
    assert!(!job.files[1].may_tell_secrets(), "they are for the server that has the upload");
}

#[test]
fn the_reply_comes_before_the_session_is_closed() {
    let mut job = with_reply();
    assert_eq!(requested(&job), [REPLY]);
    job.files[1].stage = FileStage::Transferred;
    let job = Job::new(job.record, job.files);
    assert_eq!(requested(&job), [0], "now it is closed");
    let mut waits = with_reply();
    waits.files[0].upload.as_mut().expect("it").state.has_reply = false;
    assert_eq!(requested(&waits), [0], "a session that has no reply yet is filled");
}

#[test]
fn a_cancelled_job_fetches_nothing_and_tells_the_server() {
    let mut job = with_reply();
    job.record.state = JobState::Cancelled;
    assert_eq!(requested(&job), [0]);
}

#[test]
fn a_reply_never_goes_over_the_file_that_was_sent() {
    let mut job = with_reply();
    let source = job.files[0].local_name.clone();
    for (name, expected) in [
        (None, format!("{source}.reply")),
        (Some(source.clone()), format!("{source}.reply")),
        (Some("/folder/answer".to_owned()), "/folder/answer".to_owned()),
    ] {
        job.record.reply_file_name = name;
        assert_eq!(reply::file_name(&job.record, &job.files[0]), expected);
    }
}

#[test]
fn the_name_of_a_reply_is_settled_once_it_is_on_its_way() {
    let mut before = holding(0).record;
    let refused = reply::set_file_name(&mut before, Some("/folder/answer")).expect_err("a code");
    assert_eq!(refused.code, code::E_NOTIMPL);
    before.job_type = JobType::UploadReply;
    reply::set_file_name(&mut before, Some("/folder/answer")).expect("a name");
    assert_eq!(before.reply_file_name.as_deref(), Some("/folder/answer"));
    reply::set_file_name(&mut before, Some("")).expect("none");
    assert_eq!(before.reply_file_name, None);
    let mut record = with_reply().record;
    let refused = reply::set_file_name(&mut record, Some("/folder/answer")).expect_err("a code");
    assert_eq!((refused.code, record.reply_file_name), (code::DO_E_INVALID_STATE, None));
}

#[test]
fn cancel_answers_when_what_is_here_of_the_reply_is_gone() {
    let mut job = with_reply();
    let change = super::command(&mut job, Command::Cancel).expect("cancel");
    assert_eq!((job.record.state, change.cancelled), (JobState::Cancelled, None));
    let removed = Input::Outcome(Outcome::Removed { undeleted: 0 });
    let change = input(&mut job, &removed, Now::default()).expect("removed");
    assert_eq!(change.cancelled, Some(code::S_OK));
    let mut without = holding(0);
    let change = super::command(&mut without, Command::Cancel).expect("cancel");
    assert_eq!(change.cancelled, Some(code::S_OK), "there is nothing to wait for");
}
