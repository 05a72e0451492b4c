//! A temporary file that something else changes is never put in place.

#![cfg(any(target_os = "linux", target_os = "android"))]

mod common;

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use bgcopy_core::vocab::code;
use bgcopy_core::{ErrorContext, Job, JobState, Reader};
use bgcopy_test_server::{Reply, Resource};

use common::{Bench, CUT, LENGTH, PATIENCE, content, temporaries, wait_for_bytes};

type Change = fn(&Path);

fn open(path: &Path) -> File {
    OpenOptions::new().write(true).open(path).expect("the temporary file")
}

/// The clock of the file system may not have ticked since our last write.
fn tick(file: &File) {
    file.set_modified(SystemTime::now() + Duration::from_secs(1)).expect("a time");
}

/// What other programs do to files that are not theirs. The length is the same
/// afterwards, so that it proves nothing.
const CHANGES: [(&str, Change); 4] = [
    ("cut and filled", |path| {
        let file = open(path);
        let length = file.metadata().expect("there").len();
        file.set_len(length / 4).expect("cut");
        file.set_len(length).expect("as long as before");
        tick(&file);
    }),
    ("a hole", |path| {
        use rustix::fs::{FallocateFlags, fallocate};
        let (file, flags) = (open(path), FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE);
        fallocate(&file, flags, 0, 65_536).expect("a hole");
        tick(&file);
    }),
    ("overwritten", |path| {
        let file = open(path);
        file.write_all_at(b"something else", 100_000).expect("written");
        tick(&file);
    }),
    ("replaced", |path| {
        let length = std::fs::metadata(path).expect("there").len();
        let other = path.with_extension("other");
        std::fs::write(&other, vec![7; length as usize]).expect("written");
        std::fs::rename(&other, path).expect("replaced");
    }),
];

fn temporary(bench: &Bench) -> PathBuf {
    let mut found = temporaries(bench.folder.path());
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

fn must_end_well(bench: &Bench, job: &Job, what: &str) {
    assert_eq!(bench.run(job, 3), JobState::Transferred, "{what}: {:?}", job.error());
    job.complete().expect("completed");
    bench.must_hold("file", &content(1));
    bench.must_be_tidy();
}

fn must_be_changed(job: &Job, what: &str) {
    assert_eq!(job.state().expect("a state"), JobState::Error, "{what}");
    let error = job.error().expect("an error");
    let told = (error.code, error.context);
    assert_eq!(told, (code::BG_E_LOCAL_FILE_CHANGED, ErrorContext::LocalFile), "{what}");
}

#[test]
fn while_its_job_is_suspended() {
    for (what, change) in CHANGES {
        let bench = Bench::new();
        let slow = Reply::normal().gate_after(CUT);
        let job = bench.job(Resource::new(content(1)).etag("\"v\"").script(vec![slow]));
        job.resume().expect("resumed");
        wait_for_bytes(&job, CUT / 2);
        job.suspend().expect("suspended");
        // The state is stored before the request ends, and the next call comes
        // behind both: nothing writes to the file any more.
        assert_eq!(job.state().expect("a state"), JobState::Suspended);
        change(&temporary(&bench));
        must_end_well(&bench, &job, what);
    }
}

#[test]
fn while_it_is_being_written() {
    for (what, change) in CHANGES {
        let bench = Bench::new();
        let slow = Reply::normal().gate_after(CUT);
        let job = bench.job(Resource::new(content(1)).etag("\"v\"").script(vec![slow]));
        job.resume().expect("resumed");
        wait_for_bytes(&job, CUT / 2);
        change(&temporary(&bench));
        bench.server.open_gate("/file");
        // One that lacks bytes is fetched again at once, as one that is gone.
        if common::stopped(&job) == JobState::Transferred && what == "replaced" {
            job.complete().expect("completed");
            bench.must_hold("file", &content(1));
            continue;
        }
        must_be_changed(&job, what);
        must_end_well(&bench, &job, what);
    }
}

#[test]
fn once_it_is_transferred() {
    for (what, change) in CHANGES {
        let bench = Bench::new();
        let job = bench.job(Resource::new(content(1)));
        assert_eq!(bench.run(&job, 0), JobState::Transferred);
        change(&temporary(&bench));
        let error = job.complete().expect_err("changed");
        assert_eq!(error.code, code::BG_E_LOCAL_FILE_CHANGED, "{what}");
        must_be_changed(&job, what);
        assert!(!bench.path("file").exists());
        must_end_well(&bench, &job, what);
    }
}

/// What is recorded while a file is written tells another file from it, and no more: bytes that
/// are changed in place after a kill are found by an expected hash alone.
#[test]
fn replaced_after_a_kill() {
    let bench = Bench::new();
    let resource = Resource::new(content(1)).etag("\"v\"");
    let job = bench.job(resource.script(vec![Reply::normal().gate_after(CUT)]));
    let Bench { server, folder, manager } = bench;
    let id = job.id();
    drop((job, manager));
    let store = folder.path().join("store");
    let mut child = common::drive(&store, &[]);
    let is_here = || {
        let job = Reader::open(&store).and_then(|reader| reader.job(id));
        job.is_ok_and(|(job, _)| job.totals.bytes_transferred >= CUT / 2)
    };
    let deadline = Instant::now() + PATIENCE;
    while !is_here() {
        assert!(Instant::now() < deadline, "no bytes came");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("killed");
    child.wait().expect("gone");
    let (what, change) = CHANGES[3];
    let mut found = temporaries(folder.path());
    change(&found.remove(0));
    let bench = Bench { manager: common::open(folder.path()), server, folder };
    let job = bench.manager.get_job(id).expect("the job");
    must_end_well(&bench, &job, what);
}

#[test]
fn what_nobody_changed_goes_on_where_it_was() {
    let bench = Bench::new();
    let cut = || Reply::normal().cut_after(CUT / 2);
    let resource = Resource::new(content(1)).etag("\"v\"").script(vec![cut(), cut(), cut()]);
    bench.must_fetch(resource, &content(1));
    assert_eq!(bench.server.body_bytes_sent("/file"), LENGTH, "nothing came twice");
}
