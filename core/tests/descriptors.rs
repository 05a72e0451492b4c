//! A process with more than 1,024 descriptors open transfers all the same.
#![cfg(unix)]

mod common;

use bgcopy_core::JobState;
use bgcopy_test_server::Resource;

use common::{Bench, content};

#[test]
fn transfers_work_beyond_1024_descriptors() {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let wanted = rustix::process::Rlimit { current: Some(4096), maximum: limit.maximum };
    rustix::process::setrlimit(rustix::process::Resource::Nofile, wanted)
        .expect("4,096 descriptors");
    let many: Vec<_> =
        (0..1100).map(|_| std::fs::File::open("/dev/null").expect("a descriptor")).collect();
    let bench = Bench::new();
    let job = bench.job(Resource::new(content(1)));
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    job.complete().expect("completed");
    bench.must_hold("file", &content(1));
    assert_eq!(many.len(), 1100);
}
