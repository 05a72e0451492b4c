//! One-shot transfers: what is left by one call is gone on with by the next.

mod common;

use std::ops::ControlFlow;
use std::time::Duration;

use bgcopy_core::vocab::code;
use bgcopy_core::{
    ExpectedHash, FileSpec, HashAlgorithm, Interrupt, JobProgress, JobSetup, JobState, JobType,
    TransferOptions, download, download_key, find_download, upload,
};
use bgcopy_test_server::{Area, Reply, Resource};

use common::{Bench, CUT, LENGTH, PATIENCE, content, http, spec};

fn wanted(bench: &Bench, names: &[&str]) -> Vec<FileSpec> {
    let of = |name: &&str| spec(bench.server.url(&format!("/{name}")), bench.name(name));
    names.iter().map(of).collect()
}

/// A try takes no longer than the first failure.
fn hasty() -> TransferOptions {
    TransferOptions { no_progress_timeout_s: Some(0), ..TransferOptions::default() }
}

#[test]
fn files_are_downloaded_and_in_place_and_nothing_is_left() {
    let bench = Bench::new();
    for (seed, name) in [(1, "/a"), (2, "/b")] {
        bench.server.put(name, Resource::new(content(seed)));
    }
    let mut reported = Vec::new();
    let mut report = |progress: JobProgress| {
        reported.push(progress);
        ControlFlow::Continue(())
    };
    let files = wanted(&bench, &["a", "b"]);
    let done = download(&bench.manager, &files, &hasty(), None, Some(&mut report)).expect("done");
    assert_eq!(done.len(), 2);
    assert!(done.iter().all(|file| file.is_done && file.error.is_none()), "{done:?}");
    bench.must_hold("a", &content(1));
    bench.must_hold("b", &content(2));
    let all = JobProgress {
        bytes_total: 2 * LENGTH,
        bytes_transferred: 2 * LENGTH,
        files_total: 2,
        files_transferred: 2,
    };
    assert_eq!(reported.last(), Some(&all));
    assert!(bench.manager.jobs().expect("jobs").is_empty());
    bench.must_be_tidy();
    assert_eq!(download(&bench.manager, &[], &hasty(), None, None).expect("none"), []);
}

#[test]
fn the_same_files_go_on_with_the_job_of_an_interrupted_call() {
    let bench = Bench::new();
    bench
        .server
        .put("/file", Resource::new(content(1)).script(vec![Reply::normal().gate_after(CUT)]));
    let files = wanted(&bench, &["file"]);
    let interrupt = Interrupt::new();
    let mut stop_when_held = |progress: JobProgress| {
        if progress.bytes_transferred > 0 {
            interrupt.interrupt();
        }
        ControlFlow::Continue(())
    };
    let ended =
        download(&bench.manager, &files, &hasty(), Some(&interrupt), Some(&mut stop_when_held));
    assert_eq!(ended.expect_err("interrupted").code, code::E_ABORT);
    let kept = find_download(&bench.manager, &files).expect("asked").expect("the job is kept");
    assert_eq!(kept.state().expect("a state"), JobState::Suspended);
    assert_eq!(kept.key().expect("a key"), Some(download_key(&files)));
    assert_eq!(kept.description().expect("a text"), "", "that is the user's");

    let done = download(&bench.manager, &files, &hasty(), None, None).expect("done");
    assert!(done[0].is_done, "{done:?}");
    assert_eq!(kept.state().expect("a state"), JobState::Acknowledged, "it was the same job");
    bench.must_hold("file", &content(1));
    let requests = bench.server.requests_for("/file");
    assert!(requests.last().expect("a request").header("range").is_some(), "it was resumed");
}

#[test]
fn a_call_that_ends_early_suspends_or_cancels_as_is_wanted() {
    let bench = Bench::new();
    bench.server.put("/file", Resource::new(content(1)).always(Reply::normal().gate_after(CUT)));
    let files = wanted(&bench, &["file"]);
    let ends = |options: TransferOptions, breaks: bool| {
        let mut report =
            |_| if breaks { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        let ended = download(&bench.manager, &files, &options, None, Some(&mut report));
        ended.expect_err("it does not end well").code
    };
    let timeout = Some(Duration::ZERO);
    assert_eq!(ends(TransferOptions { timeout, ..hasty() }, false), code::E_TIMEOUT);
    let kept = find_download(&bench.manager, &files).expect("asked").expect("kept");
    assert_eq!(kept.state().expect("a state"), JobState::Suspended);
    let cancels = TransferOptions { cancel_unfinished: true, ..hasty() };
    assert_eq!(ends(cancels, true), code::E_ABORT);
    assert_eq!(kept.state().expect("a state"), JobState::Cancelled);
    assert!(find_download(&bench.manager, &files).expect("asked").is_none());
    bench.must_be_tidy();
}

#[test]
fn one_bad_file_keeps_all_from_their_places_or_only_itself() {
    let bench = Bench::new();
    bench.server.put("/good", Resource::new(content(1)));
    bench.server.put("/bad", Resource::new(content(2)).always(Reply::normal().status(404)));
    let files = wanted(&bench, &["good", "bad"]);
    let failed = download(&bench.manager, &files, &hasty(), None, None).expect("the jobs ended");
    assert_eq!(failed.iter().map(|file| file.is_done).collect::<Vec<_>>(), [false, false]);
    assert!(failed[0].error.is_none(), "{failed:?}");
    assert_eq!(failed[1].error.as_ref().expect("an error").code, http(404));
    assert!(!bench.path("good").exists());
    assert_eq!(bench.manager.jobs().expect("jobs").len(), 1, "the same call tries again");

    let partial = TransferOptions { partial: true, ..hasty() };
    let ended = download(&bench.manager, &files, &partial, None, None).expect("the jobs ended");
    assert_eq!(ended.iter().map(|file| file.is_done).collect::<Vec<_>>(), [true, false]);
    assert_eq!(ended[1].error.as_ref().expect("an error").code, http(404));
    bench.must_hold("good", &content(1));
    assert!(!bench.path("bad").exists());
    assert!(bench.manager.jobs().expect("jobs").is_empty());
}

#[test]
fn a_hash_is_expected_of_a_job_that_is_found_too() {
    let bench = Bench::new();
    bench
        .server
        .put("/file", Resource::new(content(1)).script(vec![Reply::normal().gate_after(CUT)]));
    let mut files = wanted(&bench, &["file"]);
    let timeout = Some(Duration::ZERO);
    let ended =
        download(&bench.manager, &files, &TransferOptions { timeout, ..hasty() }, None, None);
    assert_eq!(ended.expect_err("no time").code, code::E_TIMEOUT);
    let digest = "00".repeat(32);
    files[0].expected_hash = Some(ExpectedHash { algorithm: HashAlgorithm::Sha256, digest });
    let ended = download(&bench.manager, &files, &hasty(), None, None).expect("the job ended");
    let error = ended[0].error.as_ref().expect("an error");
    assert_eq!(error.code, code::BGCOPY_E_HASH_MISMATCH);
    assert!(!bench.path("file").exists());
}

#[test]
fn a_job_of_an_older_version_is_found_by_its_description() {
    let bench = Bench::new();
    bench.server.put("/file", Resource::new(content(1)));
    let files = wanted(&bench, &["file"]);
    let older = JobSetup::new("older", JobType::Download)
        .description(&download_key(&files))
        .files(files.clone())
        .create(&bench.manager)
        .expect("a job");
    let done = download(&bench.manager, &files, &hasty(), None, None).expect("done");
    assert!(done[0].is_done, "{done:?}");
    assert_eq!(older.state().expect("a state"), JobState::Acknowledged);

    bench.server.accept_uploads("/up/", Area::new());
    let source = bench.source("source", &content(2));
    let file = spec(bench.server.url("/up/file"), source);
    let older = JobSetup::new("source", JobType::Upload)
        .description("bgcopy put")
        .files(vec![file.clone()])
        .create(&bench.manager)
        .expect("a job");
    let done = upload(&bench.manager, &[file], &hasty(), None, None).expect("done");
    assert!(done[0].is_done, "{done:?}");
    assert_eq!(older.state().expect("a state"), JobState::Acknowledged);
    bench.must_have_sent(&content(2));
}

#[test]
fn calls_at_the_same_time_share_one_job() {
    let bench = Bench::new();
    bench.server.put("/file", Resource::new(content(1)));
    let guest = common::open(bench.folder.path());
    let files = wanted(&bench, &["file"]);
    std::thread::scope(|scope| {
        for manager in [&bench.manager, &guest] {
            let files = &files;
            scope.spawn(move || {
                let timeout = Some(PATIENCE);
                let options = TransferOptions { timeout, ..hasty() };
                let done = download(manager, files, &options, None, None).expect("done");
                assert!(done[0].is_done, "{done:?}");
            });
        }
    });
    bench.must_hold("file", &content(1));
    assert!(bench.manager.jobs().expect("jobs").is_empty());
}

#[test]
fn of_many_uploads_those_that_can_be_sent_are() {
    let bench = Bench::new();
    bench.server.accept_uploads("/up/", Area::new());
    let source = bench.source("source", &content(1));
    let file = spec(bench.server.url("/up/file"), source.clone());
    let bad = spec(bench.server.url("/nowhere/x"), source);
    let mut reported = None;
    let mut report = |progress: JobProgress| {
        reported = Some(progress.files_total);
        ControlFlow::Continue(())
    };
    let files = [file.clone(), bad, file];
    let options = TransferOptions { cancel_unfinished: true, ..hasty() };
    let ended = upload(&bench.manager, &files, &options, None, Some(&mut report)).expect("ended");
    assert_eq!(ended.iter().map(|file| file.is_done).collect::<Vec<_>>(), [true, false, true]);
    assert!(ended[1].error.is_some());
    assert_eq!(reported, Some(2), "what is asked for twice is sent once");
    bench.must_have_sent(&content(1));
    assert!(bench.manager.jobs().expect("jobs").is_empty());
    let reply = TransferOptions { reply_file_name: Some(bench.name("reply")), ..hasty() };
    let refused = upload(&bench.manager, &files, &reply, None, None).expect_err("two files");
    assert_eq!(refused.code, code::E_INVALIDARG);
    assert!(bench.manager.jobs().expect("jobs").is_empty());
}
