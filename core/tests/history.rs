//! A job that has left the queue is in the history, with what became of it.

mod common;

use bgcopy_core::{JobState, JobType, Reader, forget_history, history};
use bgcopy_test_server::{Reply, Resource};

use common::{Bench, LENGTH, content};

fn entries(bench: &Bench) -> Vec<bgcopy_core::HistoryEntry> {
    history(&Reader::open(bench.path("store")).expect("a reader"), 100).expect("a history")
}

#[test]
fn a_completed_and_a_cancelled_job_are_remembered_with_what_became_of_them() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content(1)));
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    assert!(entries(&bench).is_empty(), "it is in the queue");
    job.set_description("of a test").expect("set");
    job.complete().expect("completed");

    let failed = bench.manager.create_job("failed", JobType::Download).expect("a job");
    bench.server.put("/none", Resource::new(content(2)).always(Reply::normal().status(404)));
    failed.add_file(&bench.server.url("/none"), &bench.name("none")).expect("a file");
    assert_eq!(bench.run(&failed, 0), JobState::Error);
    failed.cancel().expect("cancelled");

    let empty = bench.manager.create_job("empty", JobType::Download).expect("a job");
    empty.cancel().expect("cancelled");

    let found = entries(&bench);
    let names: Vec<_> = found.iter().map(|entry| entry.display_name.as_str()).collect();
    assert_eq!(names, ["failed", "test"]);
    let [cancelled, completed] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(completed.id, job.id());
    assert_eq!(completed.state, JobState::Acknowledged);
    assert_eq!(completed.description, "of a test");
    assert_eq!((completed.files_total, completed.files_in_place), (1, 1));
    assert_eq!((completed.bytes_total, completed.bytes_transferred), (Some(LENGTH), LENGTH));
    assert!(completed.transferred_ms.is_some() && completed.ended_ms >= completed.created_ms);
    let file = &completed.files[0];
    assert_eq!(file.remote_name, bench.server.url("/file"));
    assert_eq!(file.local_name, bench.name("file"));
    assert!(file.is_in_place);

    assert_eq!((cancelled.state, cancelled.files_in_place), (JobState::Cancelled, 0));
    assert!(cancelled.error.is_some(), "why it had stopped");

    forget_history(&bench.manager, Some(job.id())).expect("forgotten");
    forget_history(&bench.manager, Some(job.id())).expect("it is no error");
    assert_eq!(entries(&bench).len(), 1);
    forget_history(&bench.manager, None).expect("forgotten");
    assert!(entries(&bench).is_empty());
}
