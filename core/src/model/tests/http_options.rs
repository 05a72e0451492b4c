//! A method of a job's own, and headers that cannot be read.

use crate::model::{Command, FileSpec, Now, Outcome, Setting};
use crate::protocol::{Adjustment, Failure, FileRange};
use crate::vocab::{
    ErrorContext, HResult, JobPriority, JobPropertyId, JobState, JobType, PropertyValue, code,
};

use super::{Input, Job, command, input, job_with_files, new_job, spec};

fn method(text: &str) -> Command {
    Command::Set(Setting::HttpMethod(text.to_owned()))
}

fn refused(job: &Job, wanted: Command, code: HResult) {
    let mut tried = job.clone();
    let error = command(&mut tried, wanted.clone()).expect_err("bad input");
    assert_eq!(error.code, code, "{wanted:?}: {error}");
    assert_eq!((&tried.record, &tried.files), (&job.record, &job.files), "{wanted:?}");
}

fn enable(id: JobPropertyId) -> Command {
    let value = PropertyValue::Enable(true);
    Command::Set(Setting::Property { id: id.as_u32(), value })
}

#[test]
fn only_what_is_a_method_of_a_file_is_taken() {
    let job = job_with_files(1);
    for (text, code) in [
        ("", code::E_INVALIDARG),
        ("TWO WORDS", code::E_INVALIDARG),
        ("GET\r\nX: 1", code::E_INVALIDARG),
        ("G\u{c9}T", code::E_INVALIDARG),
        ("HEAD", code::E_NOTIMPL),
        ("connect", code::E_NOTIMPL),
        ("TRACE", code::E_NOTIMPL),
    ] {
        refused(&job, method(text), code);
    }
    refused(&job, method(&"X".repeat(41)), code::BG_E_STRING_TOO_LONG);
    let mut longest = job;
    command(&mut longest, method(&"X".repeat(40))).expect("as long as may be");
    let upload = new_job(JobType::Upload);
    for text in ["GET", "PUT"] {
        refused(&upload, method(text), code::E_NOTIMPL);
    }
    assert_eq!(upload.record.method().expect_err("an upload").code, code::E_NOTIMPL);
}

#[test]
fn another_method_makes_the_priority_foreground_and_keeps_it() {
    let mut job = job_with_files(1);
    let before = job.record.clone();
    command(&mut job, method("GET")).expect("the one it has");
    assert_eq!(job.record, before);
    command(&mut job, method("POST")).expect("set");
    assert_eq!(job.record.method(), Ok("POST"));
    assert_eq!(job.record.priority, JobPriority::Foreground);
    let priority = |priority| Command::Set(Setting::Priority(priority));
    refused(&job, priority(JobPriority::High), code::DO_E_READ_ONLY_PROPERTY);
    command(&mut job, priority(JobPriority::Foreground)).expect("the one it has");
    command(&mut job, method("GET")).expect("back");
    command(&mut job, priority(JobPriority::Low)).expect("as any other");
    command(&mut job, Command::Resume).expect("resumed");
    refused(&job, method("POST"), code::BG_E_READ_ONLY_PROPERTY_AFTER_RESUME);
    command(&mut job, method("GET")).expect("no change");
}

#[test]
fn what_needs_get_is_refused_whichever_comes_first() {
    let ranges = vec![FileRange { initial_offset: 1, length: 2 }];
    let with_ranges = Command::AddFiles(vec![FileSpec { ranges: ranges.clone(), ..spec(5) }]);
    let url = "http://mirror/file".to_owned();
    let mirrors = vec![url.clone()];
    let with_mirrors = Command::AddFiles(vec![FileSpec { mirrors, ..spec(6) }]);
    let mirror = Command::AddMirror { file: 0, url };
    let random = Command::RequestFileRanges { file: 0, ranges };
    let mut posts = job_with_files(1);
    command(&mut posts, method("POST")).expect("set");
    refused(&posts, enable(JobPropertyId::DynamicContent), code::E_INVALIDARG);
    let no_ranges = code::BG_E_RANDOM_ACCESS_NOT_SUPPORTED;
    refused(&posts, enable(JobPropertyId::OnDemandMode), no_ranges);
    refused(&posts, random, no_ranges);
    for command in [&with_ranges, &with_mirrors, &mirror] {
        refused(&posts, command.clone(), code::E_INVALIDARG);
    }
    for (first, code) in [
        (enable(JobPropertyId::DynamicContent), code::E_INVALIDARG),
        (enable(JobPropertyId::OnDemandMode), no_ranges),
        (with_ranges, code::E_INVALIDARG),
        (with_mirrors, code::E_INVALIDARG),
        (mirror, code::E_INVALIDARG),
    ] {
        let mut job = job_with_files(1);
        command(&mut job, first).expect("by GET");
        refused(&job, method("POST"), code);
    }
}

#[test]
fn a_request_with_a_method_of_its_own_is_not_repeated() {
    let lost = Failure::transient(
        code::BG_E_CONNECTION_CLOSED,
        ErrorContext::GeneralTransport,
        "lost".to_owned(),
    );
    let file = 0;
    for (outcome, expected) in [
        (Outcome::Failed { file, failure: lost, redirect: None }, code::BG_E_CONNECTION_CLOSED),
        (
            Outcome::AskAgain { file, adjustment: Adjustment::AsItCame },
            code::BG_E_INVALID_SERVER_RESPONSE,
        ),
        (
            Outcome::Moved { file, to: "http://other/".to_owned(), is_reported: false },
            code::BG_E_INVALID_SERVER_RESPONSE,
        ),
    ] {
        for (text, state) in [("POST", JobState::Error), ("GET", JobState::Queued)] {
            let mut job = job_with_files(1);
            command(&mut job, method(text)).expect("set");
            command(&mut job, Command::Resume).expect("resumed");
            let event = Input::Outcome(outcome.clone());
            input(&mut job, &event, Now::default()).expect("applied");
            if text == "POST" {
                assert_eq!(job.record.error.as_ref().map(|error| error.code), Some(expected));
                assert_eq!(job.record.state, state);
            } else {
                assert_ne!(job.record.state, JobState::Error, "{outcome:?}");
            }
        }
    }
}

#[test]
fn hidden_headers_are_in_the_record_and_not_in_what_is_shown() {
    let mut job = job_with_files(1);
    let headers = |text: &str| Command::Set(Setting::CustomHeaders(Some(text.to_owned())));
    command(&mut job, headers("X-A: 1\r\n")).expect("set");
    assert_eq!(job.record.clone().shown(), job.record);
    command(&mut job, Command::Set(Setting::CustomHeadersWriteOnly)).expect("hidden");
    assert_eq!(job.record.clone().shown().custom_headers, None);
    command(&mut job, headers("X-B: 2\r\n")).expect("set again");
    assert_eq!(job.record.custom_headers.as_deref(), Some("X-B: 2\r\n"));
    assert!(!format!("{:?}", job.record.clone().shown()).contains("X-B"));
    let mut other = job_with_files(1).record;
    other.inherit(&job.record).expect("of its type");
    assert!(other.headers_are_write_only, "a job like it hides them, too");
}
