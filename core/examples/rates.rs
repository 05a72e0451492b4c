//! Measures how exact rate limits are: `tests/bench/rates.py` runs it, and
//! docs/benchmarks.md has its table. The first argument is how many seconds each case takes.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bgcopy_core::vocab::{JobPropertyId, PropertyValue};
use bgcopy_core::{Job, JobType, Limits, Manager, Options, RateLimits, Result, UploadProtocol};
use bgcopy_test_server::{Area, Content, Resource, Server};

const MIB: u64 = 1024 * 1024;

/// How often it is looked.
const LOOK: Duration = Duration::from_millis(5);

/// Which rates, in KiB a second.
const RATES_KIB: [u64; 4] = [10, 100, 1024, 51_200];

/// How many connections and jobs.
const CASES: [(u64, u64); 5] = [(1, 1), (8, 1), (32, 1), (16, 16), (32, 16)];

fn main() -> Result<()> {
    let seconds = std::env::args().nth(1).and_then(|word| word.parse().ok()).unwrap_or(10);
    let time = Duration::from_secs(seconds);
    println!("| | connections | jobs | limit, KiB/s | of it | busiest second |");
    println!("|---|---|---|---|---|---|");
    for rate_kib in RATES_KIB {
        for (connections, jobs) in CASES {
            measure(Way::Down, (connections, jobs), rate_kib, time)?;
        }
        for jobs in [1, 16] {
            measure(Way::Up, (jobs, jobs), rate_kib, time)?;
        }
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Down,
    Up,
}

fn measure(way: Way, (connections, jobs): (u64, u64), rate_kib: u64, time: Duration) -> Result<()> {
    let folder = tempfile::tempdir()
        .map_err(|_| bgcopy_core::Error::of(bgcopy_core::vocab::code::E_FAIL))?;
    let server =
        Server::start().map_err(|_| bgcopy_core::Error::of(bgcopy_core::vocab::code::E_FAIL))?;
    let rate = rate_kib * 1024;
    let limits = Limits {
        simultaneous_files: 64,
        connections_total: 64,
        connections_per_host: 64,
        ..Limits::default()
    };
    let rates = match way {
        Way::Down => RateLimits { download: rate, upload: 0 },
        Way::Up => RateLimits { download: 0, upload: rate },
    };
    let options =
        Options { limits, rate_limits: Some(rates), ..Options::new(folder.path().join("store")) };
    let manager = Manager::open(options)?;
    let bytes = 4 * rate * time.as_secs() / connections + MIB;
    let source = folder.path().join("source");
    if way == Way::Up {
        _ = std::fs::File::create(&source).and_then(|file| file.set_len(bytes));
        server.accept_uploads("/up/", Area::new().put_only().discards());
    }
    let all: Vec<Job> = (0..jobs)
        .map(|number| match way {
            Way::Down => {
                let job = manager.create_job("job", JobType::Download)?;
                for file in 0..connections / jobs {
                    let name = format!("file{number}-{file}");
                    server.put(&format!("/{name}"), Resource::new(Content::generated(1, bytes)));
                    let local = folder.path().join(&name).to_string_lossy().into_owned();
                    job.add_file(&server.url(&format!("/{name}")), &local)?;
                }
                Ok(job)
            }
            Way::Up => {
                let job = manager.create_job("job", JobType::Upload)?;
                let put = PropertyValue::Dword(UploadProtocol::Put.as_u32());
                job.set_property(JobPropertyId::UploadProtocol.as_u32(), put)?;
                let url = server.url(&format!("/up/file{number}"));
                job.add_file(&url, &source.to_string_lossy())?;
                Ok(job)
            }
        })
        .collect::<Result<_>>()?;
    all.iter().try_for_each(Job::resume)?;
    let transferred = || -> Result<u64> {
        all.iter().map(|job| job.progress().map(|progress| progress.bytes_transferred)).sum()
    };
    while transferred()? == 0 {
        std::thread::sleep(LOOK);
    }
    let (began, first) = (Instant::now(), transferred()?);
    let (mut last, mut busiest) = (VecDeque::from([(began, first)]), 0);
    while began.elapsed() < time {
        std::thread::sleep(LOOK);
        let (at, now) = (Instant::now(), transferred()?);
        last.push_back((at, now));
        while last.front().is_some_and(|(then, _)| at - *then > Duration::from_secs(1)) {
            last.pop_front();
        }
        busiest = busiest.max(last.front().map_or(0, |(_, then)| now - then));
    }
    let passed = began.elapsed().as_secs_f64();
    let share = (transferred()? - first) as f64 / (rate as f64 * passed);
    let busiest = busiest as f64 / rate as f64;
    let way = if way == Way::Down { "down" } else { "up" };
    println!("| {way} | {connections} | {jobs} | {rate_kib} | {share:.3} | {busiest:.2} |");
    all.iter().for_each(|job| _ = job.cancel());
    Ok(())
}
