//! What another process sees of the engine: repeated calls, sessions, lists.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use uuid::Uuid;

use crate::model::{Command, FileSpec, JobRecord, Limits, NewJob, Now};
use crate::store::{Batch, Durability, Faults, Store};
use crate::vocab::{AuthScheme, AuthTarget, JobState, JobType, Result, code};

use crate::engine::{
    Answer, Answered, ApiCall, ApiReply, END_OF_SESSION, Running, Secret, Settings, Setup,
    closed_error,
};

/// Jobs of the long list.
const MANY_JOBS: u64 = 100_000;

/// No answer takes this long unless something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);

/// An engine, and a session of another process with it.
struct Stage {
    running: Running,
    session: u64,
    to: Sender<Answered>,
    answers: Receiver<Answered>,
}

impl Stage {
    fn new(folder: &Path) -> Self {
        let settings = Settings {
            folder: folder.to_owned(),
            limits: Limits::default(),
            user_agent: "test".to_owned(),
            trust: None,
            owner: "me".to_owned(),
            stores_only: false,
            local_offset_s: None,
            faults: Faults::default(),
        };
        let running = crate::engine::start(settings).expect("an engine");
        let (to, answers) = channel();
        let session = running.inbox.join(to.clone()).expect("a session");
        Self { running, session, to, answers }
    }

    fn ask(&self, request: ApiCall) -> Result<ApiReply> {
        let answer = Answer::new(7, self.to.clone());
        self.running.inbox.call_of(self.session, request, answer).expect("taken");
        let (ticket, reply) = self.answers.recv_timeout(PATIENCE).expect("an answer");
        assert_eq!(ticket, 7);
        reply
    }

    fn command(&self, id: Uuid, call: u128, command: Command) -> Result<ApiReply> {
        self.ask(ApiCall::Command { id, call: Uuid::from_u128(call), command })
    }

    fn create(&self, id: Uuid) -> Result<ApiReply> {
        self.ask(ApiCall::CreateJob {
            id,
            display_name: "x".to_owned(),
            job_type: JobType::Download,
            like: None,
            umask: None,
            setup: Setup::default(),
        })
    }

    /// Ends the engine; its guests are told once the store is free.
    fn end(self) {
        self.running.inbox.stop(closed_error());
        let (ticket, _) = self.answers.recv().expect("the end");
        assert_eq!(ticket, END_OF_SESSION);
        self.running.thread.join().expect("no panic");
    }
}

fn code_of(reply: Result<ApiReply>) -> crate::vocab::HResult {
    match reply {
        Ok(ApiReply::Done(code)) => code,
        Err(error) => error.code,
        Ok(other) => panic!("{other:?}"),
    }
}

fn file(folder: &Path) -> Command {
    let local_name = folder.join("file").to_string_lossy().into_owned();
    let remote_name = format!("file://{}", folder.join("source").display());
    Command::AddFiles(vec![FileSpec { remote_name, local_name, ..FileSpec::default() }])
}

#[test]
fn a_repeated_call_answers_what_the_first_one_did() {
    let place = tempfile::tempdir().expect("a folder");
    let (store, id) = (place.path().join("store"), Uuid::from_u128(1));
    std::fs::write(place.path().join("source"), "content").expect("written");

    let stage = Stage::new(&store);
    stage.create(id).expect("created");
    assert_eq!(code_of(stage.command(id, 10, file(place.path()))), code::S_OK);
    assert_eq!(code_of(stage.command(id, 11, Command::Resume)), code::S_OK);
    let wait = ApiCall::Wait { id, states: vec![JobState::Transferred] };
    assert!(matches!(stage.ask(wait), Ok(ApiReply::State(JobState::Transferred))));
    stage.end();

    let stage = Stage::new(&store);
    assert!(matches!(stage.create(id), Ok(ApiReply::Created(same)) if same == id));
    assert_eq!(code_of(stage.command(id, 10, file(place.path()))), code::S_OK);
    let another = code_of(stage.command(id, 12, file(place.path())));
    assert_eq!(another, code::BGCOPY_E_DUPLICATE_LOCAL_NAME);
    assert_eq!(code_of(stage.command(id, 13, Command::Complete)), code::S_OK);
    stage.end();

    std::fs::remove_file(place.path().join("file")).expect("the caller has taken it");
    let stage = Stage::new(&store);
    assert_eq!(code_of(stage.command(id, 13, Command::Complete)), code::S_OK);
    assert_eq!(code_of(stage.command(id, 11, Command::Resume)), code::S_OK);
    let another = code_of(stage.command(id, 14, Command::Complete));
    assert_eq!(another, code::DO_E_JOB_NOT_FOUND, "a second Complete is none");
    assert!(matches!(stage.create(id), Ok(ApiReply::Created(_))), "no second job is made");
    let Ok(ApiReply::Opened { ids, .. }) = stage.ask(ApiCall::OpenJobs { after: None }) else {
        panic!("no list");
    };
    assert!(ids.is_empty());
    assert!(!place.path().join("file").exists());
    stage.end();
}

#[test]
fn a_repeated_cancel_is_done_and_one_of_somebody_else_is_refused() {
    let place = tempfile::tempdir().expect("a folder");
    let (store, id) = (place.path().join("store"), Uuid::from_u128(1));
    let stage = Stage::new(&store);
    stage.create(id).expect("created");
    assert_eq!(code_of(stage.command(id, 10, Command::Cancel)), code::S_OK);
    assert_eq!(code_of(stage.command(id, 11, Command::Cancel)), code::DO_E_INVALID_STATE);
    stage.end();
    let stage = Stage::new(&store);
    assert_eq!(code_of(stage.command(id, 10, Command::Cancel)), code::S_OK);
    assert_eq!(code_of(stage.command(id, 11, Command::Cancel)), code::DO_E_JOB_NOT_FOUND);
    stage.end();
}

#[test]
fn credentials_of_a_repeated_call_are_there_again() {
    let place = tempfile::tempdir().expect("a folder");
    let (store, id) = (place.path().join("store"), Uuid::from_u128(1));
    std::fs::write(place.path().join("source"), "content").expect("written");
    let set = || {
        let secret = Secret { user_name: "user".to_owned(), password: "pass".to_owned() };
        let slot = (AuthTarget::Server, AuthScheme::Basic);
        ApiCall::SetCredentials { id, call: Uuid::from_u128(20), slot, secret }
    };
    let stage = Stage::new(&store);
    stage.create(id).expect("created");
    stage.command(id, 10, file(place.path())).expect("added");
    assert_eq!(code_of(stage.ask(set())), code::S_OK);
    stage.end();
    // Without them the job would wait for ever.
    let stage = Stage::new(&store);
    assert_eq!(code_of(stage.ask(set())), code::S_OK);
    assert_eq!(code_of(stage.command(id, 11, Command::Resume)), code::S_OK);
    let wait = ApiCall::Wait { id, states: vec![JobState::Transferred] };
    assert!(matches!(stage.ask(wait), Ok(ApiReply::State(JobState::Transferred))));
    stage.end();
}

#[test]
fn an_id_that_is_taken_makes_no_job_and_harms_none() {
    let place = tempfile::tempdir().expect("a folder");
    let store = place.path().join("store");
    std::fs::write(place.path().join("source"), "content").expect("written");
    let (id, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let stage = Stage::new(&store);
    stage.create(id).expect("created");
    stage.command(id, 10, file(place.path())).expect("added");
    for number in 0..300 {
        // So many calls later the first one is forgotten.
        assert_eq!(code_of(stage.command(id, 100 + number, Command::Suspend)), code::S_OK);
    }
    assert_eq!(code_of(stage.create(id)), code::E_INVALIDARG);
    stage.create(other).expect("created");
    let Ok(ApiReply::Job(snapshot)) = stage.ask(ApiCall::Job { id }) else {
        panic!("the job is there");
    };
    assert_eq!(snapshot.record.totals.files, 1);
    let zero = Limits { jobs: 0, ..Limits::default() };
    assert_eq!(code_of(stage.ask(ApiCall::SetLimits(zero))), code::E_INVALIDARG);
    stage.end();
}

#[test]
fn what_a_guest_held_and_waited_for_goes_with_it() {
    let place = tempfile::tempdir().expect("a folder");
    let stage = Stage::new(&place.path().join("store"));
    let id = Uuid::from_u128(1);
    stage.create(id).expect("created");
    let inbox = &stage.running.inbox;
    let (to, answers) = channel();
    let other = inbox.join(to.clone()).expect("a session");
    let open = ApiCall::OpenJob { id };
    inbox.call_of(other, open, Answer::new(1, to.clone())).expect("taken");
    let waits = Uuid::from_u128(2);
    stage.create(waits).expect("created");
    let wait = ApiCall::Wait { id: waits, states: vec![JobState::Transferred] };
    inbox.call_of(other, wait, Answer::new(2, to.clone())).expect("taken");
    inbox.call_of(other, ApiCall::NextEvent, Answer::new(3, to)).expect("taken");
    assert_eq!(code_of(stage.command(id, 10, Command::Cancel)), code::S_OK);
    assert!(matches!(stage.ask(ApiCall::Idle), Ok(ApiReply::Idle(false))));
    assert!(matches!(answers.recv(), Ok((1, Ok(ApiReply::State(_))))));
    // The engine lets go of all that leads to it.
    inbox.leave(other);
    assert!(answers.recv().is_err(), "nothing is left of it");
    stage.ask(ApiCall::Job { id }).expect("a retained handle answers");
    stage.ask(ApiCall::CloseJob { id }).expect("closed");
    assert_eq!(code_of(stage.ask(ApiCall::Job { id })), code::DO_E_JOB_NOT_FOUND);
    stage.end();
}

#[test]
fn a_call_that_is_taken_back_is_answered_once() {
    let place = tempfile::tempdir().expect("a folder");
    let stage = Stage::new(&place.path().join("store"));
    let id = Uuid::from_u128(1);
    stage.create(id).expect("created");
    let inbox = &stage.running.inbox;
    let wait = ApiCall::Wait { id, states: vec![JobState::Transferred] };
    for (ticket, request) in [(1, wait), (2, ApiCall::NextEvent)] {
        inbox
            .call_of(stage.session, request, Answer::new(ticket, stage.to.clone()))
            .expect("taken");
        let forget = ApiCall::Forget { ticket };
        inbox.call_of(stage.session, forget, Answer::new(9, stage.to.clone())).expect("taken");
        let (of, reply) = stage.answers.recv().expect("an answer");
        assert_eq!((of, code_of(reply)), (ticket, code::E_TIMEOUT));
        let (of, reply) = stage.answers.recv().expect("an answer");
        assert_eq!((of, code_of(reply)), (9, code::S_OK));
    }
    stage.end();
}

#[test]
fn a_list_of_a_hundred_thousand_jobs_comes_in_small_pages() {
    let place = tempfile::tempdir().expect("a folder");
    let store = place.path().join("store");
    fill(&store);
    let stage = Stage::new(&store);
    let (mut seen, mut after, mut largest) = (Vec::new(), None, 0);
    loop {
        let reply = stage.ask(ApiCall::OpenJobs { after }).expect("a page");
        largest = largest.max(rmp_serde::to_vec_named(&reply).expect("encoded").len());
        let ApiReply::Opened { ids, next } = reply else {
            panic!("not a page");
        };
        seen.extend(ids);
        if next.is_none() {
            break;
        }
        after = next;
    }
    assert!(largest < 32 * 1024, "{largest} bytes");
    assert!(seen.is_sorted(), "in order of creation");
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len() as u64, MANY_JOBS);
    stage.end();
}

fn fill(folder: &Path) {
    let mut store = Store::open(folder, Faults::default()).expect("a store");
    let records: Vec<JobRecord> = (1..=MANY_JOBS)
        .map(|number| {
            let new = NewJob {
                key: None,
                id: Uuid::from_u128(u128::from(number)),
                display_name: format!("job {number}"),
                job_type: JobType::Download,
                owner: "me".to_owned(),
                queue_position: number,
            };
            JobRecord::new(new, Now { monotonic_ms: 0, unix_ms: 0, jitter_permille: 0 })
        })
        .collect();
    let batch = Batch { jobs: records.iter().collect(), ..Batch::default() };
    store.save(&batch, Durability::Kill).expect("saved");
}
