//! Jobs with a key: each is made once and found by it, by all processes.

mod common;

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::Barrier;

use bgcopy_core::vocab::{code, limit};
use bgcopy_core::{JobSetup, JobState, JobType, Manager, Options, Reader};
use bgcopy_test_server::Resource;
use uuid::Uuid;

use common::{Bench, content, example, stopped};

const KEY: &str = "what it is found by";

fn make(manager: &Manager) -> (Uuid, bool) {
    let made = manager.create_job_with_key(KEY, "test", JobType::Download);
    let (job, is_new) = made.expect("a job");
    (job.id(), is_new)
}

#[test]
fn a_job_is_found_by_its_key_by_all_who_share_the_queue_and_after_a_restart() {
    let bench = Bench::new();
    let guest = common::open(bench.folder.path());
    assert!(!guest.is_host());
    let (id, is_new) = make(&guest);
    assert!(is_new);
    for manager in [&bench.manager, &guest] {
        assert_eq!(make(manager), (id, false));
        let found = manager.job_by_key(KEY).expect("found");
        assert_eq!(found.id(), id);
        assert_eq!(found.key().expect("a key").as_deref(), Some(KEY));
        let other = manager.job_by_key("another").err().expect("none");
        assert_eq!(other.code, code::DO_E_JOB_NOT_FOUND);
    }
    let without = bench.manager.create_job("test", JobType::Download).expect("a job");
    assert_eq!(without.key().expect("none"), None);
    guest.close();
    bench.manager.close();
    let again = common::open(bench.folder.path());
    assert_eq!(make(&again), (id, false));
    assert_eq!(again.job_by_key(KEY).expect("found").id(), id);
    assert_eq!(again.jobs().expect("jobs").len(), 2);
}

#[test]
fn of_many_who_make_it_at_once_one_does() {
    const MAKERS: usize = 8;
    let bench = Bench::new();
    let guest = common::open(bench.folder.path());
    for round in 0..20 {
        let key = format!("round {round}");
        let together = Barrier::new(MAKERS);
        let made: Vec<_> = std::thread::scope(|scope| {
            let makers: Vec<_> = (0..MAKERS)
                .map(|number| {
                    let manager = if number % 2 == 0 { &bench.manager } else { &guest };
                    let (key, together) = (&key, &together);
                    scope.spawn(move || {
                        together.wait();
                        let made = manager.create_job_with_key(key, "test", JobType::Download);
                        let (job, is_new) = made.expect("a job");
                        (job.id(), is_new)
                    })
                })
                .collect();
            makers.into_iter().map(|maker| maker.join().expect("no panic")).collect()
        });
        assert_eq!(made.iter().filter(|(_, is_new)| *is_new).count(), 1, "{made:?}");
        assert!(made.iter().all(|(id, _)| *id == made[0].0), "{made:?}");
    }
    assert_eq!(bench.manager.jobs().expect("jobs").len(), 20);
}

#[test]
fn processes_that_die_at_once_leave_one_job() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("store");
    let start = || {
        let mut child = Command::new(example("keyed"))
            .args([store.as_os_str(), KEY.as_ref()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("started");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        assert_eq!(lines.next().expect("a line").expect("read"), "open");
        (child, lines)
    };
    let mut children: Vec<_> = (0..4).map(|_| start()).collect();
    for (child, _) in &mut children {
        child.stdin.take().expect("piped").write_all(b"\n").expect("written");
    }
    let mut said = Vec::new();
    for (mut child, mut lines) in children {
        said.push(lines.next().expect("a line").expect("read"));
        assert!(!child.wait().expect("ended").success(), "it was to die");
    }
    let ids: Vec<_> = said.iter().filter_map(|line| line.split(' ').next()).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{said:?}");
    // A repeat of the call that made it, whose answer was lost with the host, says so again.
    assert!(said.iter().any(|line| line.ends_with("true")), "{said:?}");
    let manager = Manager::open(Options::new(&store)).expect("a manager");
    let (id, is_new) = make(&manager);
    assert_eq!((id.to_string().as_str(), is_new), (ids[0], false));
    assert_eq!(manager.jobs().expect("jobs").len(), 1);
}

#[test]
fn the_end_of_a_job_frees_its_key() {
    let bench = Bench::new();
    let (cancelled, _) = make(&bench.manager);
    let held = bench.manager.get_job(cancelled).expect("the job");
    held.cancel().expect("cancelled");
    let free = bench.manager.job_by_key(KEY).err().expect("free");
    assert_eq!(free.code, code::DO_E_JOB_NOT_FOUND);

    let (id, is_new) = make(&bench.manager);
    assert!(is_new && id != cancelled);
    assert_eq!(held.key().expect("a key").as_deref(), Some(KEY), "what it had is shown");
    bench.server.put("/file", Resource::new(content(1)));
    let job = bench.manager.get_job(id).expect("the job");
    job.add_file(&bench.server.url("/file"), &bench.name("file")).expect("added");
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Transferred);
    assert_eq!(make(&bench.manager), (id, false), "until it is completed");
    job.complete().expect("completed");
    let (third, is_new) = make(&bench.manager);
    assert!(is_new && third != id);
    bench.manager.close();
    assert_eq!(make(&common::open(bench.folder.path())), (third, false));
}

#[test]
fn a_job_that_is_found_stays_as_it_is() {
    let bench = Bench::new();
    let file = common::spec(bench.server.url("/file"), bench.name("file"));
    let setup = |name| {
        JobSetup::new(name, JobType::Download).key(KEY).files(vec![file.clone()]).description(name)
    };
    let (job, is_new) = setup("first").find_or_create(&bench.manager).expect("a job");
    assert!(is_new);
    let again = setup("second").resumed().create(&bench.manager).expect("a job");
    assert_eq!(again.id(), job.id());
    assert_eq!(job.display_name().expect("a name"), "first");
    assert_eq!(job.description().expect("a text"), "first");
    assert_eq!(job.files().expect("files").len(), 1);
    assert_eq!(job.state().expect("a state"), JobState::Suspended);
}

#[test]
fn what_is_no_key_is_refused_and_nothing_is_made() {
    let bench = Bench::new();
    let long = "é".repeat(limit::JOB_KEY_CHARS_MAX);
    let too_long = format!("{long}x");
    let refused = [
        ("", code::E_INVALIDARG),
        ("line\nend", code::E_INVALIDARG),
        ("\0", code::E_INVALIDARG),
        (too_long.as_str(), code::BG_E_STRING_TOO_LONG),
    ];
    for (key, expected) in refused {
        let made = bench.manager.create_job_with_key(key, "test", JobType::Download);
        let error = made.err().expect("refused");
        assert_eq!(error.code, expected, "{error}");
        let found = bench.manager.job_by_key(key).err().expect("refused");
        assert_eq!(found.code, expected, "{found}");
    }
    assert!(bench.manager.jobs().expect("jobs").is_empty());
    let longest = bench.manager.create_job_with_key(&long, "test", JobType::Download);
    assert!(longest.expect("a job").1);
    let other_type = bench.manager.create_job_with_key(&long, "test", JobType::Upload);
    assert_eq!(other_type.err().expect("refused").code, code::E_INVALIDARG);
    assert_eq!(bench.manager.jobs().expect("jobs").len(), 1);
    // A name that is refused leaves no key behind.
    let name = "x".repeat(1000);
    assert!(bench.manager.create_job_with_key(KEY, &name, JobType::Download).is_err());
    assert_eq!(bench.manager.job_by_key(KEY).err().expect("none").code, code::DO_E_JOB_NOT_FOUND);
}

#[test]
fn jobs_like_one_with_a_key_have_none() {
    let bench = Bench::new();
    let source = bench.source("source", &content(1));
    let file = common::spec("http://127.0.0.1:9/up/".to_owned(), source);
    let like = bench.manager.create_job_with_key(KEY, "test", JobType::Upload).expect("a job").0;
    let copies = bench.manager.start_uploads(vec![file], Some(&like)).expect("jobs");
    assert_eq!(copies[0].key().expect("none"), None);
    let reader = Reader::open(bench.path("store")).expect("a reader");
    let keys: Vec<_> = reader.jobs().expect("jobs").into_iter().map(|job| job.key).collect();
    assert_eq!(keys, [Some(KEY.to_owned()), None]);
}
