//! A file that is larger than its file system, or the process, lets files be.
//! Alone in its binary: the limit is one of the process.

#![cfg(unix)]

mod common;

use bgcopy_core::vocab::code;
use bgcopy_core::{ErrorContext, JobState};
use bgcopy_test_server::{Content, Reply, Resource};
use rustix::process::{Resource as Limit, Rlimit, getrlimit, setrlimit};

use common::Bench;

const LIMIT: u64 = 4 << 20;
const LENGTH: u64 = 12 << 20;

#[test]
fn a_file_that_is_too_large_is_an_error_at_once() {
    let maximum = getrlimit(Limit::Fsize).maximum;
    setrlimit(Limit::Fsize, Rlimit { current: Some(LIMIT), maximum }).expect("limited");
    // Its length is told, and then it is not.
    for (told, reply) in [(true, Reply::normal()), (false, Reply::normal().chunked())] {
        let bench = Bench::new();
        let resource = Resource::new(Content::generated(1, LENGTH)).always(reply);
        let error = bench.must_fail(resource, JobState::Error);
        assert_eq!(
            (error.code, error.context),
            (code::E_FILE_TOO_LARGE, ErrorContext::LocalFile),
            "{}",
            error.message
        );
        if told {
            // What the buffers of the connection take, and no more.
            assert!(bench.server.body_bytes_sent("/file") < LENGTH, "it is seen beforehand");
        }
    }
}
