//! Cancel, Complete, and what is true in between.

mod common;

use std::time::Duration;

use bgcopy_core::vocab::{code, notify};
use bgcopy_core::{
    EventKind, ExpectedHash, FileRange, FileSpec, HashAlgorithm, Interrupt, JobPriority, JobState,
    JobType, Limits, Manager, Options, PropertyValue, Reader, WaitKind,
};
use bgcopy_test_server::{Reply, Resource};

use common::{Bench, LENGTH, PATIENCE, content, kind, spec, stopped, temporaries};

/// A job whose transfer stands still in mid-file until the gate opens.
fn gated(bench: &Bench) -> bgcopy_core::Job {
    let job = bench.job(Resource::new(content(1)).always(Reply::normal().gate_after(LENGTH / 2)));
    job.resume().expect("resumed");
    let half = |seen: &bgcopy_test_server::Seen<'_>| seen.body_bytes_sent("/file") >= LENGTH / 2;
    assert!(bench.server.wait_until(PATIENCE, half));
    common::wait_for_bytes(&job, 1);
    job
}

#[test]
fn cancel_removes_temp_file_while_the_network_hangs() {
    let bench = Bench::new();
    let job = gated(&bench);
    assert_eq!(temporaries(bench.folder.path()).len(), 1);
    assert_eq!(job.cancel().expect("cancelled"), code::S_OK);
    bench.must_be_tidy();
    assert_eq!(job.state().expect("a retained handle answers"), JobState::Cancelled);
    assert_eq!(job.cancel().expect_err("once").code, code::DO_E_INVALID_STATE);
    assert_eq!(job.resume().expect_err("final").code, code::DO_E_INVALID_STATE);
    assert_eq!(job.complete().expect_err("final").code, code::DO_E_INVALID_STATE);
    assert_eq!(job.display_name().expect("getters answer"), "test");
    let gone = bench.manager.get_job(job.id()).err().expect("not in the queue");
    assert_eq!(gone.code, code::DO_E_JOB_NOT_FOUND);
    assert!(bench.manager.jobs().expect("jobs").is_empty());
}

#[test]
fn cancel_removes_transferred_files_too() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content(1)));
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    assert_eq!(temporaries(bench.folder.path()).len(), 1);
    job.cancel().expect("cancelled");
    bench.must_be_tidy();
    assert!(!bench.path("file").exists());
}

#[test]
fn cancel_leaves_alone_what_the_job_did_not_make() {
    let bench = Bench::new();
    std::fs::write(bench.path("file"), "precious").expect("written");
    let job = gated(&bench);
    job.cancel().expect("cancelled");
    assert_eq!(std::fs::read(bench.path("file")).expect("there"), b"precious");
}

#[test]
fn complete_moves_the_finished_and_discards_the_rest() {
    let bench = Bench::new();
    let job = gated(&bench);
    bench.server.put("/done", Resource::new(content(2)));
    job.add_file(&bench.server.url("/done"), &bench.name("done")).expect("added");
    let done = job.file(1).expect("a file");
    let deadline = std::time::Instant::now() + PATIENCE;
    while done.progress().expect("progress").bytes_transferred < LENGTH
        || job.progress().expect("p").files_transferred < 1
    {
        assert!(std::time::Instant::now() < deadline);
        std::thread::yield_now();
    }
    assert_eq!(job.complete().expect("completed"), code::BG_S_PARTIAL_COMPLETE);
    bench.must_hold("done", &content(2));
    assert!(!bench.path("file").exists());
    bench.must_be_tidy();
    assert_eq!(job.state().expect("a state"), JobState::Acknowledged);
    assert!(done.progress().expect("progress").completed);
}

#[test]
fn a_blocked_rename_keeps_the_job_and_can_be_repeated() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content(1)));
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    std::fs::create_dir(bench.path("file")).expect("in the way");
    assert_eq!(job.complete().expect_err("blocked").code, code::E_DIRECTORY);
    assert_eq!(job.state().expect("a state"), JobState::Transferred);
    std::fs::remove_dir(bench.path("file")).expect("out of the way");
    assert_eq!(job.complete().expect("completed"), code::S_OK);
    bench.must_hold("file", &content(1));
    assert_eq!(job.complete().expect_err("once").code, code::DO_E_INVALID_STATE);
}

#[test]
fn suspend_keeps_progress_and_resume_goes_on() {
    let bench = Bench::new();
    let job = gated(&bench);
    job.suspend().expect("suspended");
    assert_eq!(
        (job.state().expect("a state"), kind(&job)),
        (JobState::Suspended, WaitKind::SuspendedByCaller)
    );
    assert!(job.progress().expect("progress").bytes_transferred > 0);
    bench.server.open_gate("/file");
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    assert_eq!(kind(&job), WaitKind::AwaitingComplete);
    job.complete().expect("completed");
    bench.must_hold("file", &content(1));
}

#[test]
fn jobs_survive_their_manager() {
    let mut bench = Bench::new();
    let job = gated(&bench);
    job.set_description("kept").expect("set");
    job.set_priority(JobPriority::High).expect("set");
    let id = job.id();
    bench.manager.close();
    assert_eq!(job.state().expect_err("closed").code, code::BGCOPY_E_MANAGER_CLOSED);
    bench.server.open_gate("/file");
    bench.manager = common::open(bench.folder.path());
    let job = bench.manager.get_job(id).expect("still there");
    assert_eq!(stopped(&job), JobState::Transferred);
    assert_eq!(job.description().expect("a text"), "kept");
    assert_eq!(job.priority().expect("a priority"), JobPriority::High);
    job.complete().expect("completed");
    bench.must_hold("file", &content(1));
}

#[test]
fn an_opener_that_wants_the_store_alone_is_told_at_once_and_a_reader_may_look() {
    let bench = Bench::new();
    let job = gated(&bench);
    let alone = Options { exclusive: true, ..Options::new(bench.path("store")) };
    let second = Manager::open(alone).err().expect("refused");
    assert_eq!(second.code, code::E_SHARING_VIOLATION);
    let reader = Reader::open(bench.path("store")).expect("a reader");
    assert!(reader.engine_is_running());
    let jobs = reader.jobs().expect("jobs");
    assert_eq!(jobs.len(), 1);
    let (record, files) = reader.job(job.id()).expect("the job");
    assert_eq!((record.id, files.len()), (job.id(), 1));
    bench.manager.close();
    assert!(!reader.engine_is_running());
    assert_eq!(
        reader.wait_reason(&reader.job(job.id()).expect("the job").0).kind,
        WaitKind::EngineNotRunning
    );
    Manager::open(Options::new(bench.path("store"))).expect("free again");
}

#[test]
fn an_expected_hash_is_checked_before_transferred() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content(1)));
    let file = job.file(0).expect("a file");
    let hash = |digest: String| Some(ExpectedHash { algorithm: HashAlgorithm::Blake3, digest });
    file.set_expected_hash(hash("0".repeat(64))).expect("set");
    assert_eq!(bench.run(&job, 0), JobState::Error);
    assert_eq!(job.error().expect("an error").code, code::BGCOPY_E_HASH_MISMATCH);
    assert_eq!(job.complete().expect("completed"), code::BG_S_PARTIAL_COMPLETE);
    assert!(!bench.path("file").exists(), "bad data is never released");
    bench.must_be_tidy();

    let bench = Bench::new();
    let job = bench.job(Resource::new(content(1)));
    let digest = blake3::hash(&content(1).slice(0..LENGTH)).to_hex().to_uppercase();
    job.file(0).expect("a file").set_expected_hash(hash(digest)).expect("set");
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
}

#[test]
fn files_are_added_with_their_expected_hashes() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content(1)));
    let hash = |digest: String| Some(ExpectedHash { algorithm: HashAlgorithm::Blake3, digest });
    let named = |name: &str, expected_hash| {
        let file = spec(bench.server.url("/file"), bench.name(name));
        FileSpec { expected_hash, ..file }
    };
    let right = hash(blake3::hash(&content(1).slice(0..LENGTH)).to_hex().to_string());
    let files = vec![named("right", right.clone()), named("wrong", hash("0".repeat(64)))];
    job.add_file_set(files).expect("added");
    assert_eq!(job.file(1).expect("a file").expected_hash().expect("of it"), right);
    assert_eq!(bench.run(&job, 0), JobState::Error);
    let error = job.error().expect("an error");
    assert_eq!((error.code, error.file), (code::BGCOPY_E_HASH_MISMATCH, Some(2)));
    job.file(2).expect("a file").set_expected_hash(None).expect("taken back");
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
}

#[test]
fn refused_content_is_fetched_again() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content(1)));
    let file = job.file(0).expect("a file");
    assert_eq!(file.set_validation_state(true).expect_err("too early").code, code::E_PENDING);
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    file.set_validation_state(false).expect("refused");
    assert_eq!(job.error().expect("an error").code, code::BG_E_VALIDATION_FAILED);
    assert_eq!(file.progress().expect("progress").bytes_transferred, 0);
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    file.set_validation_state(true).expect("accepted");
    assert_eq!(file.validation_state().expect("a state"), Some(true));
    assert_eq!(bench.server.body_bytes_sent("/file"), 2 * LENGTH);
}

#[test]
fn events_come_at_least_once_and_files_before_jobs() {
    let mut bench = Bench::new();
    let job = bench.job(Resource::new(content(1)));
    let flags =
        notify::JOB_TRANSFERRED | notify::FILE_TRANSFERRED | notify::FILE_RANGES_TRANSFERRED;
    job.set_notify_flags(flags).expect("set");
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    let mut kinds = Vec::new();
    while kinds.last() != Some(&EventKind::JobTransferred) {
        let event = bench.manager.next_event(Some(PATIENCE)).expect("open").expect("an event");
        assert_eq!(event.job, job.id());
        kinds.push(event.kind);
    }
    let place = |kind| kinds.iter().position(|one| *one == kind);
    assert!(place(EventKind::FileTransferred) < place(EventKind::JobTransferred));
    assert!(place(EventKind::FileRangesTransferred).is_some());
    assert_eq!(bench.manager.next_event(Some(Duration::ZERO)).expect("open"), None);
    bench.manager.close();
    assert_eq!(
        bench.manager.next_event(None).expect_err("closed").code,
        code::BGCOPY_E_MANAGER_CLOSED
    );
    bench.manager = common::open(bench.folder.path());
    let again = bench.manager.next_event(Some(PATIENCE)).expect("open").expect("an event");
    assert_eq!(again.kind, EventKind::JobTransferred, "it may not have been seen");
}

#[test]
fn however_little_came_in_is_shown_and_told() {
    let bench = Bench::new();
    let little = Reply::normal().stall_after(1_000);
    let job = bench.job(Resource::new(content(1)).always(little));
    job.set_notify_flags(notify::FILE_RANGES_TRANSFERRED).expect("set");
    job.resume().expect("resumed");
    let event = bench.manager.next_event(Some(PATIENCE / 2)).expect("open").expect("an event");
    assert_eq!(event.kind, EventKind::FileRangesTransferred);
    assert_eq!(event.ranges, [FileRange { initial_offset: 0, length: 1_000 }]);
    assert_eq!(job.progress().expect("progress").bytes_transferred, 1_000);
    job.cancel().expect("cancelled");
}

#[test]
fn an_error_raises_its_event_and_a_disabled_job_none() {
    let bench = Bench::new();
    let quiet = bench.job(Resource::new(content(1)).always(Reply::normal().status(404)));
    quiet.set_notify_flags(notify::DISABLE | notify::JOB_ERROR).expect("set");
    assert_eq!(bench.run(&quiet, 0), JobState::Error);
    assert_eq!(bench.manager.next_event(Some(Duration::ZERO)).expect("open"), None);
    let job = bench.manager.create_job("loud", JobType::Download).expect("a job");
    job.add_file(&bench.server.url("/file"), &bench.name("other")).expect("added");
    assert_eq!(bench.run(&job, 0), JobState::Error);
    let event = bench.manager.next_event(Some(PATIENCE)).expect("open").expect("an event");
    assert_eq!((event.job, event.kind), (job.id(), EventKind::JobError));
    assert_eq!(event.error.expect("its error").code, common::http(404));
}

#[test]
fn limits_are_kept_and_can_be_changed() {
    let bench = Bench::new();
    let limits = bench.manager.limits().expect("limits");
    assert_eq!(limits, Limits::default());
    bench
        .manager
        .set_limits(Limits { simultaneous_files: 1, jobs: 2, files_per_job: 2, ..limits })
        .expect("set");
    assert_eq!(
        bench.manager.set_limits(Limits { jobs: 0, ..limits }).expect_err("zero").code,
        code::E_INVALIDARG
    );
    let job = gated(&bench);
    bench.server.put("/second", Resource::new(content(2)));
    let second = bench.manager.create_job("second", JobType::Download).expect("a job");
    second.add_file(&bench.server.url("/second"), &bench.name("second")).expect("added");
    second.resume().expect("resumed");
    assert_eq!(kind(&second), WaitKind::WaitingForSlot);
    let third = bench.manager.create_job("third", JobType::Download).err().expect("full");
    assert_eq!(third.code, code::BG_E_TOO_MANY_JOBS_PER_USER);
    let more = (0..2).map(|n| spec(bench.server.url("/x"), bench.name(&format!("x{n}")))).collect();
    assert_eq!(job.add_file_set(more).expect_err("full").code, code::BG_E_TOO_MANY_FILES_IN_JOB);
    assert_eq!(job.progress().expect("progress").files_total, 1);
    second.set_priority(JobPriority::Foreground).expect("set");
    assert_eq!(stopped(&second), JobState::Transferred, "a higher level takes the slot");
}

#[test]
fn a_new_job_has_the_defaults_of_the_specification() {
    let bench = Bench::new();
    let job = bench.manager.create_job("new", JobType::Download).expect("a job");
    let progress = job.progress().expect("progress");
    assert_eq!(
        (
            progress.bytes_total,
            progress.bytes_transferred,
            progress.files_total,
            progress.files_transferred
        ),
        (0, 0, 0, 0)
    );
    assert_eq!(job.state().expect("a state"), JobState::Suspended);
    assert_eq!(kind(&job), WaitKind::NoFiles);
    assert_eq!(job.job_type().expect("a type"), JobType::Download);
    assert_eq!(job.priority().expect("a priority"), JobPriority::Normal);
    assert_eq!(job.notify_flags().expect("flags"), 3);
    assert_eq!(job.minimum_retry_delay().expect("seconds"), 5);
    assert_eq!(job.no_progress_timeout().expect("seconds"), 1_209_600);
    assert_eq!(job.maximum_download_time().expect("seconds"), 7_776_000);
    assert_eq!(job.error_count().expect("a count"), 0);
    assert_eq!(job.security_flags().expect("flags"), 0);
    assert_eq!(job.custom_headers().expect("headers"), None);
    assert_eq!(job.property(9).expect("a property"), PropertyValue::Dword(500));
    assert_eq!(job.error().expect_err("none").code, code::DO_E_ERROR_INFORMATION_UNAVAILABLE);
    assert!(job.owner().expect("an owner").starts_with("uid "));
    assert_eq!(job.resume().expect_err("empty").code, code::DO_E_JOB_EMPTY);
    assert_eq!(job.file(0).err().expect("none").code, code::DO_E_FILE_NOT_AVAILABLE);
}

#[test]
fn places_that_cannot_be_used_are_refused() {
    let bench = Bench::new();
    let job = bench.manager.create_job("bad", JobType::Download).expect("a job");
    let url = bench.server.url("/file");
    std::fs::create_dir(bench.path("folder")).expect("a folder");
    std::fs::write(bench.path("plain"), "x").expect("a file");
    for (name, code) in [
        ("relative".to_owned(), code::E_INVALIDARG),
        (bench.name("missing/x"), code::E_PATH_NOT_FOUND),
        (bench.name("plain/x"), code::E_PATH_NOT_FOUND),
        (bench.name("folder"), code::E_DIRECTORY),
        (bench.name("a/../b"), code::E_INVALIDARG),
    ] {
        assert_eq!(job.add_file(&url, &name).expect_err("bad").code, code, "{name}");
    }
    let good = spec(url.clone(), bench.name("good"));
    let bad = spec(url, bench.name("missing/x"));
    assert!(job.add_file_set(vec![good, bad]).is_err());
    assert_eq!(job.progress().expect("progress").files_total, 0);
}

#[test]
fn a_job_larger_than_it_may_be_fails() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content(1)));
    job.set_property(5, PropertyValue::Uint64(LENGTH - 1)).expect("set");
    assert_eq!(bench.run(&job, 0), JobState::Error);
    assert_eq!(job.error().expect("an error").code, code::BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED);
}

#[test]
fn a_temporary_file_that_was_tampered_with_is_fetched_again() {
    type Tamper = fn(&std::path::Path);
    let tampers: &[Tamper] = &[
        |path| std::fs::remove_file(path).expect("removed"),
        |path| std::fs::write(path, "short").expect("shortened"),
        #[cfg(unix)]
        |path| {
            std::fs::remove_file(path).expect("removed");
            std::fs::write(path.with_file_name("other"), "precious").expect("written");
            std::os::unix::fs::symlink(path.with_file_name("other"), path).expect("linked");
        },
    ];
    for (number, tamper) in tampers.iter().enumerate() {
        let bench = Bench::new();
        let job = gated(&bench);
        job.suspend().expect("suspended");
        let path = job.file(0).expect("a file").temporary_name().expect("a name");
        tamper(std::path::Path::new(&path));
        bench.server.open_gate("/file");
        if number == 2 {
            assert_eq!(bench.run(&job, 0), JobState::Error, "a link is never written through");
            assert_eq!(job.error().expect("an error").code, code::E_FILE_EXISTS);
            assert_eq!(std::fs::read(bench.path("other")).expect("there"), b"precious");
            continue;
        }
        assert_eq!(bench.run(&job, 0), JobState::Transferred);
        job.complete().expect("completed");
        bench.must_hold("file", &content(1));
    }
}

#[test]
fn a_finished_file_that_was_tampered_with_is_not_published_but_fetched_again() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content(1)));
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    let path = job.file(0).expect("a file").temporary_name().expect("a name");
    std::fs::write(&path, "short").expect("shortened");
    assert_eq!(job.complete().expect_err("not ours").code, code::BG_E_LOCAL_FILE_CHANGED);
    assert!(!bench.path("file").exists());
    assert_eq!(job.state().expect("a state"), JobState::Error);
    assert_eq!(job.error().expect("an error").code, code::BG_E_LOCAL_FILE_CHANGED);
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    assert_eq!(job.complete().expect("completed"), code::S_OK);
    bench.must_hold("file", &content(1));
}

#[test]
fn waiting_for_what_can_no_longer_come_ends() {
    let bench = Bench::new();
    let job = gated(&bench);
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| job.wait(&[JobState::Transferred], None));
        let hopeless = scope.spawn(|| job.wait(&[JobState::Cancelled], None));
        job.cancel().expect("cancelled");
        let error = waits.join().expect("a thread").expect_err("it never will be");
        assert_eq!(error.code, code::DO_E_INVALID_STATE);
        assert_eq!(hopeless.join().expect("a thread").expect("cancelled"), JobState::Cancelled);
    });
}

#[test]
fn one_place_has_one_name() {
    let bench = Bench::new();
    let job = bench.manager.create_job("twice", JobType::Download).expect("a job");
    let url = bench.server.url("/file");
    job.add_file(&url, &bench.name("file")).expect("added");
    let again = bench.name("file").replace('/', "//").replace('\\', "\\\\");
    let error = job.add_file(&url, &again).expect_err("the same place");
    assert_eq!(error.code, code::BGCOPY_E_DUPLICATE_LOCAL_NAME);
}

#[test]
fn a_wait_for_the_present_state_takes_no_time() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content(1)));
    for _ in 0..500 {
        let state = job.wait(&[JobState::Suspended], Some(Duration::ZERO)).expect("it is so");
        assert_eq!(state, JobState::Suspended);
        let error = job.wait(&[JobState::Error], Some(Duration::ZERO)).expect_err("it is not");
        assert_eq!(error.code, code::E_TIMEOUT);
    }
}

#[test]
fn a_wait_without_states_is_for_the_end() {
    let bench = Bench::new();
    let interrupt = Interrupt::new();
    let job = bench.job(Resource::new(content(1)).script(vec![Reply::normal().status(503)]));
    let ends = |timeout| job.wait(&[], timeout);
    assert_eq!(ends(Some(Duration::ZERO)).expect_err("suspended").code, code::E_TIMEOUT);
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    let early = ends(Some(Duration::ZERO)).expect_err("it is tried again by itself");
    assert_eq!(early.code, code::E_TIMEOUT);
    job.resume().expect("resumed");
    assert_eq!(ends(Some(PATIENCE)).expect("it ends"), JobState::Transferred);
    job.complete().expect("completed");
    let waited = job.wait_interruptible(&[], Some(PATIENCE), &interrupt);
    assert_eq!(waited.expect("it ended"), JobState::Acknowledged);
    let failing = bench.job(Resource::new(content(1)).always(Reply::normal().status(404)));
    failing.resume().expect("resumed");
    assert_eq!(failing.wait(&[], Some(PATIENCE)).expect("it ends"), JobState::Error);
    failing.cancel().expect("cancelled");
    assert_eq!(failing.wait(&[], Some(PATIENCE)).expect("it ended"), JobState::Cancelled);
}
