//! The n-th operation on disk or store fails, for every n: nothing is lost,
//! nothing is wrong, and the scenario reaches its end.

mod common;

use bgcopy_core::vocab::code;
use bgcopy_core::{Faults, Job, JobState, JobType, Manager, Options, Result};
use bgcopy_test_server::{Resource, Server};

use common::{Bench, PATIENCE, content, stopped, temporaries};

/// More operations than any of the scenarios has.
const OPERATIONS_MAX: u32 = 400;

struct Stage {
    bench: Bench,
    faults: Faults,
}

impl Stage {
    /// A manager whose n-th operation after opening fails.
    fn new(n: u32) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let faults = Faults::default();
        let options =
            Options { faults: faults.clone(), ..Options::new(folder.path().join("store")) };
        let manager = Manager::open(options).expect("a manager");
        let server = Server::start().expect("a server");
        server.put("/file", Resource::new(content(1)));
        faults.set(n);
        Self { bench: Bench { server, folder, manager }, faults }
    }

    fn create(&self) -> Result<Job> {
        let create = || self.bench.manager.create_job("scenario", JobType::Download);
        create().or_else(|_| create())
    }

    fn add(&self, job: &Job) -> Result<()> {
        let add = || job.add_file(&self.bench.server.url("/file"), &self.bench.name("file"));
        add().or_else(|_| add())
    }

    /// Resumes until the job is transferred; one failure may come.
    fn transfer(&self, job: &Job) {
        for _ in 0..5 {
            if job.resume().is_ok() && stopped(job) == JobState::Transferred {
                return;
            }
        }
        panic!("{:?} {:?}", job.state(), job.error());
    }
}

#[test]
fn a_download_survives_any_one_failure() {
    let mut reached = 0;
    for n in 1..OPERATIONS_MAX {
        let stage = Stage::new(n);
        let job = stage.create().expect("at the second try");
        stage.add(&job).expect("at the second try");
        assert_eq!(job.progress().expect("progress").files_total, 1, "operation {n}");
        stage.transfer(&job);
        assert!(!stage.bench.path("file").exists());
        if let Err(error) = job.complete() {
            assert!(error.code.is_failure());
            job.complete().expect("it can be repeated");
        }
        stage.bench.must_hold("file", &content(1));
        stage.bench.must_be_tidy();
        assert_eq!(job.state().expect("a state"), JobState::Acknowledged);
        if !stage.faults.reached() {
            reached = n;
            break;
        }
    }
    assert!(reached > 10, "the scenario has {reached} operations");
}

/// The n-th operation that needs room finds none, nor does any after it.
fn full_from(n: u32) -> (Stage, Job) {
    let stage = Stage::new(0);
    let job = stage.create().expect("a job");
    stage.add(&job).expect("a file");
    stage.transfer(&job);
    // The reserve is gone, and nothing can be set aside anew.
    let reserve = stage.bench.path("store/queue.db.reserve");
    std::fs::remove_file(&reserve).expect("the reserve");
    std::fs::create_dir(&reserve).expect("something in its place");
    stage.faults.fill_disk(n);
    (stage, job)
}

#[test]
fn cancel_is_answered_once_it_is_stored() {
    for n in 1..OPERATIONS_MAX {
        let (stage, job) = full_from(n);
        let (told, answer) = std::sync::mpsc::channel();
        let canceller = stage.bench.manager.get_job(job.id()).expect("the job");
        let thread = std::thread::spawn(move || told.send(canceller.cancel()));
        let answer = answer.recv_timeout(PATIENCE).expect("no call waits for ever");
        thread.join().expect("it ended").expect("it was heard");
        match answer {
            Ok(told) => assert_eq!(told, code::S_OK, "operation {n}"),
            Err(error) => {
                assert_eq!(error.code, code::E_DISK_FULL, "operation {n}");
                assert_eq!(job.state().expect("a state"), JobState::Transferred);
            }
        }
        let reached = stage.faults.reached();
        stage.faults.set(0);
        job.cancel().ok();
        stage.bench.must_be_tidy();
        if !reached {
            return;
        }
    }
}

#[test]
fn complete_says_why_its_end_cannot_be_stored() {
    for n in 1..OPERATIONS_MAX {
        let (stage, job) = full_from(n);
        let told = job.complete();
        assert!(stage.faults.reached(), "operation {n}: no Complete was cut short");
        if job.state().expect("a state") == JobState::Acknowledged {
            assert_eq!(told.expect_err("not all is stored").code, code::E_DISK_FULL);
            stage.bench.must_hold("file", &content(1));
            return;
        }
        assert_eq!(told.expect_err("nothing is stored").code, code::E_DISK_FULL);
    }
}

#[test]
fn a_cancel_survives_any_one_failure() {
    // Which operation is the n-th depends on what else the engine looks up
    // meanwhile, so the round is repeated until a deletion was hit.
    let (mut undeleted, mut unsynced) = (0, 0);
    for _ in 0..20 {
        let failed = cancel_with_each_failure();
        (undeleted, unsynced) = (undeleted + failed.0, unsynced + failed.1);
        if undeleted > 0 && unsynced > 0 {
            return;
        }
    }
    panic!("{undeleted} deletions failed, and {unsynced} syncs of their folder");
}

/// Returns how many deletions failed, and how many syncs of their folder.
fn cancel_with_each_failure() -> (usize, usize) {
    let (mut undeleted, mut unsynced) = (0, 0);
    for n in 1..OPERATIONS_MAX {
        let stage = Stage::new(0);
        let job = stage.create().expect("a job");
        stage.add(&job).expect("a file");
        stage.transfer(&job);
        stage.faults.set(n);
        let told = match job.cancel() {
            Ok(told) => told,
            Err(_) => {
                assert_eq!(
                    job.state().expect("a state"),
                    JobState::Transferred,
                    "nothing happened"
                );
                job.cancel().expect("at the second try")
            }
        };
        let reached = stage.faults.reached();
        if told == code::BG_S_UNABLE_TO_DELETE_FILES {
            // A file whose folder could not be synced is gone, and may come back.
            let left = temporaries(stage.bench.folder.path()).len();
            assert!(left <= 1, "{left} files are left");
            (undeleted, unsynced) = (undeleted + left, unsynced + 1 - left);
            // The next start tries again.
            drop(job);
            stage.bench.manager.close();
            let manager = common::open(stage.bench.folder.path());
            let probe = manager.create_job("probe", JobType::Download).expect("a job");
            probe.cancel().expect("in line behind the other deletion");
            stage.bench.must_be_tidy();
        } else {
            assert_eq!(told, code::S_OK);
            stage.bench.must_be_tidy();
        }
        assert!(!stage.bench.path("file").exists());
        if !reached {
            break;
        }
    }
    (undeleted, unsynced)
}
