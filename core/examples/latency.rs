//! What sharing costs: getters in the host and through the socket, a list, and
//! changes of a job.
//!
//! `latency STORE [JOBS]`, with a store that may be filled with jobs.

use std::time::Instant;

use bgcopy_core::{JobType, Limits, Manager, Options, Result};

/// Calls per figure.
const CALLS: u32 = 20_000;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let Some(store) = arguments.next() else {
        println!("usage: latency STORE [JOBS]");
        return Ok(());
    };
    let wanted: usize = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1);
    let limits = Limits { jobs: 10_000_000, ..Limits::default() };
    let options = Options { limits, ..Options::new(store) };
    let host = Manager::open(options.clone())?;
    let guest = Manager::open(options)?;
    fill(&host, wanted)?;
    for (name, manager) in [("host", &host), ("guest", &guest)] {
        let began = Instant::now();
        let jobs = manager.jobs()?;
        println!("{name}: list of {} jobs in {:?}", jobs.len(), began.elapsed());
        let Some(job) = jobs.first() else {
            continue;
        };
        let mut times: Vec<_> = (0..CALLS)
            .map(|_| {
                let began = Instant::now();
                job.state().map(|_| began.elapsed())
            })
            .collect::<Result<_>>()?;
        times.sort();
        let at = |percent: usize| times[times.len() * percent / 100];
        println!("{name}: getter {:?} median, {:?} at 99 %", at(50), at(99));
        let began = Instant::now();
        for number in 0..CALLS / 10 {
            job.set_description(&format!("{number}"))?;
        }
        println!("{name}: change {:?} on average", began.elapsed() / (CALLS / 10));
    }
    Ok(())
}

/// Makes jobs, many at a time: they share their syncs.
fn fill(manager: &Manager, wanted: usize) -> Result<()> {
    let missing = wanted.saturating_sub(manager.jobs()?.len());
    let threads = missing.clamp(1, 64);
    std::thread::scope(|scope| {
        let makers: Vec<_> = (0..threads)
            .map(|thread| {
                scope.spawn(move || {
                    for _ in (thread..missing).step_by(threads) {
                        manager.create_job("one of many", JobType::Download)?;
                    }
                    Ok(())
                })
            })
            .collect();
        makers.into_iter().try_for_each(|maker| maker.join().unwrap_or(Ok(())))
    })
}
