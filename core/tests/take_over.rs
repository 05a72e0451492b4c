//! The host is killed at any moment while others work: no job is lost, no file
//! is wrong, and no job is completed twice.

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bgcopy_core::{Manager, Options};
use bgcopy_test_server::{Content, Reply, Resource, Server};

use common::{PATIENCE, example, temporaries};

/// Kills of the host in all.
const KILLS: u32 = 200;

/// One hosts, three have joined it.
const WORKERS: usize = 4;

/// Bytes of each file.
const BYTES: u64 = 200_003;

/// So that some of the kills come in the middle of a file.
const BYTES_PER_SECOND: u64 = 20_000_000;

/// What each line of a log may be followed by a kill after.
const LINES_BETWEEN_KILLS: usize = 9;

struct Stage {
    folder: tempfile::TempDir,
    server: Server,
    workers: Vec<Child>,
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("files")).expect("a folder");
        let server = Server::start().expect("a server");
        let paced = Reply::normal().bytes_per_second(BYTES_PER_SECOND);
        server.put("/file", Resource::new(Content::generated(1, BYTES)).always(paced));
        let mut stage = Self { folder, server, workers: Vec::new() };
        for slot in 0..WORKERS {
            let worker = stage.start(slot);
            stage.workers.push(worker);
        }
        stage
    }

    fn start(&self, slot: usize) -> Child {
        Command::new(example("share"))
            .arg(self.store())
            .args(["work", &slot.to_string(), &self.server.url("/file")])
            .args([self.folder.path().join("files"), self.log(slot)])
            .stdin(Stdio::piped())
            .spawn()
            .expect("it runs")
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    fn log(&self, slot: usize) -> PathBuf {
        self.folder.path().join(format!("log-{slot}"))
    }

    fn lines(&self) -> Vec<String> {
        let text = |slot| std::fs::read_to_string(self.log(slot)).unwrap_or_default();
        (0..WORKERS)
            .flat_map(|slot| text(slot).lines().map(str::to_owned).collect::<Vec<_>>())
            .collect()
    }

    /// The slot of the worker that hosts and lets others in.
    fn host(&self) -> Option<usize> {
        let text = std::fs::read_to_string(self.store().join("engine.lock")).ok()?;
        let (process, sharing) = text.split_once('\n')?;
        let process: u32 = process.parse().ok()?;
        let slot = self.workers.iter().position(|worker| worker.id() == process)?;
        (sharing.trim() == "shared").then_some(slot)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        for worker in &mut self.workers {
            // It has ended already unless the test failed.
            _ = worker.kill();
            _ = worker.wait();
        }
    }
}

/// Looks again and again until there is something; a test must not hang.
fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn two_hundred_kills_of_the_host_lose_nothing_and_do_nothing_twice() {
    let began = Instant::now();
    let mut stage = Stage::new();
    let mut gaps = Vec::new();
    for kill in 0..KILLS as usize {
        let before = stage.lines().len();
        let wanted = before + kill % LINES_BETWEEN_KILLS;
        until("work", || (stage.lines().len() >= wanted).then_some(()));
        let slot = until("a host", || stage.host());
        stage.workers[slot].kill().expect("killed");
        stage.workers[slot].wait().expect("gone");
        let killed = Instant::now();
        let gone = stage.workers[slot].id();
        // The others are at work without it.
        until("another host", || stage.host().filter(|slot| stage.workers[*slot].id() != gone));
        gaps.push(killed.elapsed());
        stage.workers[slot] = stage.start(slot);
    }
    for worker in &mut stage.workers {
        drop(worker.stdin.take());
    }
    for worker in &mut stage.workers {
        assert!(worker.wait().expect("gone").success(), "no call failed that should not");
    }
    let jobs = check(&stage);
    gaps.sort();
    let (middle, worst) = (gaps[gaps.len() / 2], gaps[gaps.len() - 1]);
    println!(
        "{KILLS} kills in {:?}, {jobs} jobs; without a host for {middle:?} (median), {worst:?} (longest)",
        began.elapsed()
    );
    assert!(middle < Duration::from_secs(1), "{middle:?}");
}

/// Nothing lost, nothing wrong, nothing twice; how many jobs there were.
fn check(stage: &Stage) -> usize {
    let files = stage.folder.path().join("files");
    let right = Content::generated(1, BYTES).slice(0..BYTES);
    let is_right = |path: &Path| std::fs::read(path).is_ok_and(|found| found == right);
    let mut completes: BTreeMap<String, Vec<(i128, i128)>> = BTreeMap::new();
    let mut jobs = 0;
    for line in stage.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["resume", _, file] => {
                jobs += 1;
                assert!(is_right(Path::new(file)), "lost or wrong: {line}");
            }
            ["complete", id, began, ended] => {
                let span = (began.parse().expect("a time"), ended.parse().expect("a time"));
                completes.entry((*id).to_owned()).or_default().push(span);
            }
            ["create", _, _] | ["start" | "end", _] => {}
            _ => panic!("a strange line: {line}"),
        }
    }
    for (id, spans) in &completes {
        // Those who call while a Complete is under way get its outcome; one that
        // began when another had ended would be a second Complete.
        let first_end = spans.iter().map(|(_, ended)| *ended).min();
        let twice = spans.iter().any(|(began, _)| Some(*began) > first_end);
        assert!(!twice, "{id} was completed twice: {spans:?}");
    }
    for entry in std::fs::read_dir(&files).expect("the folder") {
        let path = entry.expect("an entry").path();
        assert!(is_right(&path), "a wrong file: {}", path.display());
    }
    assert_eq!(temporaries(&files), Vec::<PathBuf>::new());
    let manager = Manager::open(Options::new(stage.store())).expect("a manager");
    let left: Vec<_> = manager.jobs().expect("jobs").iter().map(|job| job.snapshot()).collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(manager.damage().is_none());
    jobs
}
