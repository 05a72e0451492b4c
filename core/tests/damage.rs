//! A damaged store does not stand still: who meets the damage says so, and the
//! next to open it saves what can be saved.

mod common;

use std::path::Path;

use bgcopy_core::vocab::code;
use bgcopy_core::{JobState, JobType, Manager, Options};
use bgcopy_test_server::{Resource, Server};

use common::{PATIENCE, content};

const PAGE: usize = 4096;

/// Where the first page of a tree begins in the database.
fn root_of(database: &Path, tree: &str) -> usize {
    let connection = rusqlite::Connection::open(database).expect("the database");
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
    let page: usize = connection.query_row(sql, [tree], |row| row.get(0)).expect("the tree");
    (page - 1) * PAGE
}

#[test]
fn engine_does_not_stand_still_on_a_damaged_index() {
    for tree in ["jobs_runnable", "jobs_closing", "jobs_wake"] {
        let folder = tempfile::tempdir().expect("a folder");
        let store = folder.path().join("store");
        let server = Server::start().expect("a server");
        server.put("/file", Resource::new(content(1)));
        let open = || Manager::open(Options::new(&store)).expect("a manager");
        let manager = open();
        let job = manager.create_job("waits", JobType::Download).expect("a job");
        let target = folder.path().join("file");
        // Nobody listens there.
        job.add_file("http://127.0.0.1:9/file", &target.to_string_lossy()).expect("a file");
        job.resume().expect("it starts");
        job.wait(&[JobState::TransientError], Some(PATIENCE)).expect("it fails");
        manager.close();
        let database = store.join("queue.db");
        let at = root_of(&database, tree);
        let mut bytes = std::fs::read(&database).expect("the database");
        bytes[at..at + PAGE].fill(0);
        std::fs::write(&database, bytes).expect("a damaged page");

        let mut manager = open();
        if manager.damage().is_none() {
            let waited = manager
                .get_job(job.id())
                .and_then(|job| job.wait(&[JobState::Transferred], Some(PATIENCE)));
            let error = waited.expect_err("the queue cannot go on");
            assert_eq!(error.code, code::BG_E_DATABASE_CORRUPT, "{tree}: {error}");
            manager.close();
            manager = open();
        }
        let damage = manager.damage().expect("what was found is told");
        assert_eq!((damage.jobs_saved, damage.jobs_lost), (1, 0), "{tree}");
        let job = manager.get_job(job.id()).expect("it was saved");
        let file = job.file(0).expect("its file");
        file.set_remote_name(&server.url("/file")).expect("another name");
        job.resume().expect("it moves");
        job.wait(&[JobState::Transferred], Some(PATIENCE)).expect("it ends");
    }
}
