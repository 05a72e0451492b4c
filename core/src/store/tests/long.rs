//! A long queue, quickly, for measuring what looks at it: docs/benchmarks.md.

use std::path::PathBuf;

use super::*;

/// Jobs in one transaction.
const BATCH_JOBS: u64 = 20_000;

/// Makes a queue of `BGCOPY_LONG_JOBS` suspended jobs of one file each in the folder
/// `BGCOPY_LONG_STORE`.
#[test]
#[ignore = "makes a queue to measure with"]
fn makes_a_long_queue() {
    let variable = |name: &str| std::env::var(name).unwrap();
    let folder = PathBuf::from(variable("BGCOPY_LONG_STORE"));
    let jobs: u64 = variable("BGCOPY_LONG_JOBS").parse().unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    let mut store = open(&folder);
    for first in (1..=jobs).step_by(BATCH_JOBS as usize) {
        let batch: Vec<_> = (first..(first + BATCH_JOBS).min(jobs + 1)).map(sample).collect();
        save(&mut store, &batch);
    }
}
