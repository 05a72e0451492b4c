//! Requests of uploads that were made on a dead connection.

use crate::model::{Job, UploadEvent};
use crate::protocol::Step;
use crate::vocab::JobState;

use super::uploads::{apply_news, begun, busy, call, holding, state};

fn drop(job: &mut Job, step: Step) {
    begun(job, call(step, 0, 90));
    apply_news(job, UploadEvent::Dropped { step, failure: busy() });
}

#[test]
fn a_dropped_request_is_no_error_until_it_happens_again_and_again() {
    for step in [Step::Create, Step::Send, Step::Close] {
        let mut job = holding(0);
        let piece_bytes = state(&job).piece_bytes;
        for _ in 0..3 {
            drop(&mut job, step);
            assert!(job.record.is_runnable() && !state(&job).creating, "{step:?}");
            assert_eq!(job.record.error_count, 0);
        }
        assert_eq!(state(&job).piece_bytes, piece_bytes, "it is not the piece");
        assert_eq!(state(&job).unsure, step != Step::Create, "it is asked what is there");
        drop(&mut job, step);
        assert_eq!(job.record.state, JobState::TransientError, "{step:?}");
        assert_eq!(job.record.error_count, 1);
    }
}

#[test]
fn a_whole_file_that_may_not_come_twice_waits_for_its_retry() {
    let mut job = holding(0);
    drop(&mut job, Step::Whole);
    assert_eq!(job.record.state, JobState::TransientError);
}
