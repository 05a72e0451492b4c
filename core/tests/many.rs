//! Calls for many jobs, and commits for many.

mod common;

use bgcopy_core::vocab::code;
use bgcopy_core::{
    AuthScheme, AuthTarget, FileSpec, Job, JobPriority, JobState, JobType, Reader, ids_and_damage,
};
use bgcopy_test_server::{Area, Reply, Resource};

use common::{Bench, PATIENCE, content, stopped};

/// Small files to be sent, each to a name of its own below /up/.
fn files(bench: &Bench, seeds: std::ops::Range<u64>) -> Vec<FileSpec> {
    let file = |seed: u64| {
        let name = format!("source{seed}");
        std::fs::write(bench.path(&name), seed.to_string()).expect("written");
        common::spec(bench.server.url(&format!("/up/{seed}")), bench.name(&name))
    };
    seeds.map(file).collect()
}

#[test]
fn started_uploads_are_like_a_job() {
    let bench = Bench::new();
    bench.server.accept_uploads("/up/", Area::new().put_only());
    let like = bench.manager.create_job("like", JobType::Upload).expect("a job");
    like.set_priority(JobPriority::Low).expect("set");
    like.set_description("many").expect("set");
    like.set_custom_headers(Some("X-Of: many\r\n")).expect("set");
    like.set_minimum_retry_delay(77).expect("set");
    like.set_credentials(AuthTarget::Server, AuthScheme::Basic, "user", "password").expect("set");
    let jobs = bench.manager.start_uploads(files(&bench, 0..300), Some(&like)).expect("jobs");
    like.cancel().expect("cancelled");
    assert_eq!(jobs.len(), 300);
    for (seed, job) in (0_u64..).zip(&jobs) {
        assert_eq!(stopped(job), JobState::Transferred);
        let area = bench.server.area("/up/");
        assert_eq!(area.files[&format!("/up/{seed}")].bytes(), seed.to_string().as_bytes());
    }
    for job in jobs.iter().step_by(100) {
        assert_eq!(job.priority().expect("a priority"), JobPriority::Low);
        assert_eq!(job.description().expect("a text"), "many");
        assert_eq!(job.custom_headers().expect("a text").as_deref(), Some("X-Of: many\r\n"));
        assert_eq!(job.minimum_retry_delay().expect("a delay"), 77);
    }
    let puts: Vec<_> =
        bench.server.requests().into_iter().filter(|request| request.method == "PUT").collect();
    assert_eq!(puts.len(), 300);
    for request in puts {
        assert_eq!(request.header("authorization"), Some("Basic dXNlcjpwYXNzd29yZA=="));
        assert_eq!(request.header("x-of"), Some("many"));
    }
    assert_eq!(jobs[0].display_name().expect("a name"), "source0");
    let results = bench.manager.complete_all(&jobs.iter().collect::<Vec<_>>());
    assert!(results.iter().all(|result| result.as_ref().is_ok_and(|code| *code == code::S_OK)));
    assert!(bench.manager.jobs().expect("jobs").is_empty());
}

#[test]
fn jobs_stored_together_are_listed_in_the_order_of_their_calls() {
    let bench = Bench::new();
    let setups = files(&bench, 0..100);
    let jobs = bench.manager.create_uploads(setups).expect("jobs");
    let made: Vec<_> = jobs.iter().map(Job::id).collect();
    let listed: Vec<_> = bench.manager.jobs().expect("jobs").iter().map(Job::id).collect();
    assert_eq!(listed, made);
    let reader = Reader::open(bench.path("store")).expect("a reader");
    let read: Vec<_> = reader.jobs().expect("jobs").iter().map(|job| job.id).collect();
    assert_eq!(read, made);
    assert_eq!(ids_and_damage(&reader).expect("ids"), (made, Vec::new()));
}

#[test]
fn started_uploads_are_all_or_none() {
    let bench = Bench::new();
    bench.server.accept_uploads("/up/", Area::new());
    let download = bench.manager.create_job("of another type", JobType::Download).expect("a job");
    let refused = bench.manager.start_uploads(files(&bench, 0..2), Some(&download));
    assert_eq!(refused.err().expect("refused").code, code::E_INVALIDARG);
    download.cancel().expect("cancelled");
    let gone = bench.manager.start_uploads(files(&bench, 0..2), Some(&download));
    assert_eq!(gone.err().expect("refused").code, code::DO_E_INVALID_STATE);
    let mut more = files(&bench, 0..2);
    more.push(common::spec(bench.server.url("/up/x"), bench.name("missing")));
    let error = bench.manager.start_uploads(more, None).err().expect("refused");
    assert_eq!(error.code, code::E_FILE_NOT_FOUND);
    assert!(bench.manager.jobs().expect("jobs").is_empty(), "none is left behind");
    assert!(bench.manager.start_uploads(Vec::new(), None).expect("jobs").is_empty());
}

#[test]
fn what_one_of_many_answers_is_of_no_concern_to_the_others() {
    let bench = Bench::new();
    bench.server.accept_uploads("/up/", Area::new());
    let mut jobs = bench.manager.start_uploads(files(&bench, 0..2), None).expect("jobs");
    jobs.iter().for_each(|job| assert_eq!(stopped(job), JobState::Transferred));
    jobs.insert(1, bench.manager.create_job("suspended", JobType::Upload).expect("a job"));
    let codes = |results: Vec<bgcopy_core::Result<_>>| -> Vec<_> {
        results.into_iter().map(|result| result.unwrap_or_else(|error| error.code)).collect()
    };
    let all: Vec<&Job> = jobs.iter().collect();
    let (done, refused) = (code::S_OK, code::DO_E_INVALID_STATE);
    assert_eq!(codes(bench.manager.complete_all(&all)), [done, refused, done]);
    assert_eq!(codes(bench.manager.cancel_all(&all)), [refused, done, refused]);
    let state = |job: &Job| job.state().expect("a state");
    assert_eq!(
        all.iter().map(|job| state(job)).collect::<Vec<_>>(),
        [JobState::Acknowledged, JobState::Cancelled, JobState::Acknowledged]
    );
    assert!(bench.manager.complete_all(&[]).is_empty());
}

/// While something moves the ends of jobs are stored together. Nobody is told
/// of one before.
#[test]
fn an_end_that_is_told_is_stored() {
    let bench = Bench::new();
    let moving = bench.job(Resource::new(content(1)).always(Reply::normal().gate_after(1)));
    moving.resume().expect("resumed");
    assert!(bench.server.wait_until(PATIENCE, |seen| seen.body_bytes_sent("/file") > 0));
    bench.server.accept_uploads("/up/", Area::new().put_only());
    let reader = Reader::open(bench.path("store")).expect("a reader");
    let stored = |job: &Job| reader.job(job.id()).map(|(record, _)| record.state);
    for (round, file) in files(&bench, 0..40).into_iter().enumerate() {
        let job = bench.manager.start_uploads(vec![file], None).expect("a job").remove(0);
        if round % 2 == 0 {
            assert_eq!(stopped(&job), JobState::Transferred);
        } else {
            while job.state().expect("a state") != JobState::Transferred {}
        }
        assert_eq!(stored(&job).expect("read"), JobState::Transferred);
    }
    moving.cancel().expect("cancelled");
}
