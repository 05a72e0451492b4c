//! A panic at the n-th operation on disk or store, for every n: no call hangs, each says what happened,
//! and the queue goes on, in this process or after it is opened again.

mod common;

use std::sync::Arc;
use std::sync::mpsc::channel;

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, Faults, HResult, Job, JobState, JobType, Manager, Options, Result};
use bgcopy_test_server::{Resource, Server};
use tempfile::TempDir;

use common::{PATIENCE, content, temporaries};

/// More operations than any of the scenarios has.
const OPERATIONS_MAX: u32 = 400;

/// How often a scenario may be begun again: after the one panic, and for what it leaves pending.
const TRIES: usize = 4;

struct Scene {
    folder: TempDir,
    server: Server,
    faults: Faults,
    manager: Manager,
    /// How often the engine stopped.
    stops: usize,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Server::start().expect("a server");
        server.put("/file", Resource::new(content(1)));
        let faults = Faults::default();
        let manager = open(&folder, &faults);
        Self { folder, server, faults, manager, stops: 0 }
    }

    /// Runs a scenario until it succeeds; the queue is opened again if its engine stopped.
    fn run(&mut self, n: u32, scenario: impl Fn(&Self) -> Result<()>) {
        for _ in 0..TRIES {
            let Err(error) = scenario(self) else {
                return;
            };
            must_be_precise(&error, n);
            if self.manager.jobs().is_err() {
                self.stops += 1;
                self.manager.close();
                self.manager = open(&self.folder, &self.faults);
            }
        }
        panic!("operation {n}: the scenario did not end in {TRIES} tries");
    }

    /// A Cancel is answered behind the work that an earlier job left pending.
    fn pass_pending_work(&self) {
        let probe = self.manager.create_job("probe", JobType::Download).expect("a job");
        probe.cancel().expect("a Cancel");
    }

    fn job(&self) -> Result<Arc<Job>> {
        let (job, _) = self.manager.create_job_with_key("k", "panics", JobType::Download)?;
        if job.files()?.is_empty() {
            let local = self.folder.path().join("file");
            job.add_file(&self.server.url("/file"), &local.to_string_lossy())?;
        }
        Ok(Arc::new(job))
    }

    /// Downloads the file of a job; a panic of a helper is the job's error, and Resume tries again.
    fn transfer(&self, job: &Arc<Job>) -> Result<()> {
        for _ in 0..TRIES {
            if job.state()? != JobState::Transferred {
                job.resume()?;
            }
            let waits = Arc::clone(job);
            let states = [JobState::Transferred, JobState::Error];
            if ends(move || waits.wait(&states, Some(PATIENCE)))? == JobState::Transferred {
                return Ok(());
            }
            must_be_injected(&job.error()?.message);
        }
        panic!("the job fails again and again");
    }
}

fn open(folder: &TempDir, faults: &Faults) -> Manager {
    let options = Options { faults: faults.clone(), ..Options::new(folder.path().join("store")) };
    Manager::open(options).expect("a manager")
}

/// Runs a call that must end, whatever it answers.
fn ends<T: Send + 'static>(call: impl FnOnce() -> T + Send + 'static) -> T {
    let (to, answer) = channel();
    let thread = std::thread::spawn(move || to.send(call()));
    let answer = answer.recv_timeout(PATIENCE).expect("no call waits for ever");
    assert!(thread.join().expect("the call ended").is_ok());
    answer
}

/// The queue stopped, or this one call failed. The job may have reached its end beside the call: a
/// Complete that was interrupted is carried on.
fn must_be_precise(error: &Error, n: u32) {
    let known = [code::E_UNEXPECTED, code::BGCOPY_E_MANAGER_CLOSED, code::DO_E_INVALID_STATE];
    assert!(known.contains(&error.code), "operation {n}: {error}");
    if error.code == code::E_UNEXPECTED {
        must_be_injected(&error.message);
    }
}

fn must_be_injected(message: &str) {
    assert!(message.contains("internal error: injected panic"), "{message}");
}

/// Runs a scenario with a panic at each of its operations; how often that stopped the engine.
fn with_each_panic(scenario: impl Fn(&mut Scene, u32)) -> usize {
    let mut stops = 0;
    for n in 1..OPERATIONS_MAX {
        let mut scene = Scene::new();
        scenario(&mut scene, n);
        let reached = scene.faults.reached();
        scene.faults.set(0);
        scene.pass_pending_work();
        assert!(temporaries(scene.folder.path()).is_empty(), "operation {n}");
        stops += scene.stops;
        if !reached {
            assert!(n > 3, "the scenario has {n} operations");
            return stops;
        }
    }
    panic!("the scenario has no end");
}

#[test]
fn a_download_goes_on_after_a_panic() {
    let stops = with_each_panic(|scene, n| {
        scene.faults.panic_at(n);
        scene.run(n, |scene| {
            if scene.folder.path().join("file").exists() && scene.manager.jobs()?.is_empty() {
                return Ok(());
            }
            let job = scene.job()?;
            scene.transfer(&job)?;
            ends(move || job.complete()).map(|_| ())
        });
        let bytes = std::fs::read(scene.folder.path().join("file")).expect("the file");
        assert!(bytes == content(1).slice(0..content(1).len()), "operation {n}");
    });
    assert!(stops > 0, "no panic stopped the engine");
}

#[test]
fn cancel_ends_after_a_panic() {
    let undeleted = std::cell::Cell::new(0);
    with_each_panic(|scene, n| {
        let job = scene.job().expect("a job");
        scene.transfer(&job).expect("a file");
        scene.faults.panic_at(n);
        let answered = std::cell::Cell::new(code::S_OK);
        scene.run(n, |scene| {
            let Ok(job) = scene.manager.job_by_key("k") else {
                return scene.manager.jobs().map(|_| ());
            };
            answered.set(ends(move || job.cancel())?);
            Ok(())
        });
        if left_files(answered.get()) {
            undeleted.set(undeleted.get() + 1);
            // The next start tries again.
            scene.manager.close();
            scene.manager = open(&scene.folder, &scene.faults);
        }
        assert!(!scene.folder.path().join("file").exists());
    });
    assert!(undeleted.get() > 0, "no panic hit a helper that deletes");
}

fn left_files(code: HResult) -> bool {
    code == code::BG_S_UNABLE_TO_DELETE_FILES
}
