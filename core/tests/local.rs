//! `file` URLs: copied in the rules of everything else, and in small steps.

mod common;

use bgcopy_core::vocab::code;
use bgcopy_core::{Job, JobState, JobType};

use common::{Bench, LENGTH, content};

fn copy(bench: &Bench, source: &str, target: &str) -> Job {
    let job = bench.manager.create_job("local", JobType::Download).expect("a job");
    let path = source.replace('\\', "/");
    let url = format!("file:///{}", path.trim_start_matches('/'));
    job.add_file(&url, &bench.name(target)).expect("added");
    job
}

#[test]
fn a_file_is_copied() {
    let bench = Bench::new();
    let bytes = content(1).slice(0..LENGTH);
    std::fs::write(bench.path("source"), &bytes).expect("written");
    std::fs::write(bench.path("empty"), "").expect("written");
    for (source, bytes) in [("source", bytes.as_slice()), ("empty", b"")] {
        let job = copy(&bench, &bench.name(source), "copy");
        assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
        job.complete().expect("completed");
        assert!(std::fs::read(bench.path("copy")).expect("the copy") == bytes);
    }
}

#[test]
fn what_is_no_file_is_an_error() {
    let bench = Bench::new();
    for (source, code) in [
        (bench.name("missing"), code::E_FILE_NOT_FOUND),
        (bench.name(""), code::E_DIRECTORY),
        #[cfg(unix)]
        ("/dev/zero".to_owned(), code::E_INVALIDARG),
    ] {
        let job = copy(&bench, &source, "copy");
        assert_eq!(bench.run(&job, 0), JobState::Error, "{source}");
        let error = job.error().expect("an error");
        assert_eq!((error.code, error.protocol.as_deref()), (code, Some("file")), "{source}");
        job.cancel().expect("cancelled");
    }
}

/// A sparse source that takes seconds to copy, and its job in mid-copy.
fn huge(bench: &Bench) -> Job {
    const HUGE: u64 = 8 << 30;
    let source = std::fs::File::create(bench.path("source")).expect("made");
    source.set_len(HUGE).expect("a long file of nothing");
    let job = copy(bench, &bench.name("source"), "copy");
    job.resume().expect("resumed");
    common::wait_for_bytes(&job, 1);
    job.suspend().expect("suspended");
    assert_eq!(job.state().expect("a state"), JobState::Suspended);
    let progress = job.progress().expect("progress");
    assert!(progress.bytes_transferred < HUGE, "a call is answered between two steps");
    job
}

#[test]
fn a_huge_copy_can_be_suspended_and_cancelled_at_once() {
    let bench = Bench::new();
    let job = huge(&bench);
    job.resume().expect("resumed");
    assert_eq!(job.cancel().expect("cancelled"), code::S_OK);
    bench.must_be_tidy();
}

#[test]
fn a_source_that_changes_is_copied_again() {
    let bench = Bench::new();
    let job = huge(&bench);
    std::fs::write(bench.path("source"), content(2).slice(0..LENGTH)).expect("written");
    assert_eq!(bench.run(&job, 3), JobState::Transferred);
    job.complete().expect("completed");
    bench.must_hold("copy", &content(2));
}
