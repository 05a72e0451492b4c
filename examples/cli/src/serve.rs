//! `serve`: hosts the queue until it is told to end, or has nothing to do.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bgcopy_core::{Manager, Options, Result};

use crate::args::Serve;
use crate::failure::{Failure, Outcome};
use crate::get::open_with;
use crate::interrupt::Interrupt;
use crate::rpc::Rpc;
use crate::{job_ids, output, service_manager};

/// How often a queue is looked at that is to be left when it is idle.
const LOOK_MIN: Duration = Duration::from_millis(100);
const LOOK_MAX: Duration = Duration::from_secs(5);

pub fn serve(store: &Path, serve: &Serve) -> Outcome {
    let interrupt = Interrupt::listen()?;
    let door = serve.rpc.listen()?;
    let replace_older = serve.replace_older;
    let options = Options { replace_older, ..serve.host.of_manager(store) };
    let manager = Arc::new(open_with(store, options)?);
    serve.rates.apply_to(&manager)?;
    let rpc = door.map(|door| Rpc::prepare(&serve.rpc, store, &manager, door)).transpose()?;
    match manager.host_process() {
        Some(process) if !manager.is_host() => {
            output::say(&format!("process {process} hosts {}; standing by", store.display()));
        }
        Some(_) | None => output::say(&format!("serving {}", store.display())),
    }
    let server = rpc.as_ref().map(|rpc| rpc.start(&interrupt)).transpose()?;
    service_manager::notify_ready();
    // Clients may come at any time.
    let idle_exit = serve.idle_exit.filter(|_| rpc.is_none());
    let active = Mutex::new(Instant::now());
    std::thread::scope(|scope| {
        let surveyor = scope.spawn(|| survey(store));
        let listener = scope.spawn(|| listen(&manager, &active, &interrupt, rpc.as_ref()));
        if let Some(rpc) = &rpc {
            scope.spawn(|| rpc.context.watcher.run(&rpc.context));
        }
        let waited = wait(&manager, &active, &interrupt, idle_exit);
        let ended = interrupt.is_requested();
        service_manager::notify_stopping();
        if let Some(server) = server {
            server.end();
        }
        if let Some(rpc) = &rpc {
            rpc.context.watcher.end();
        }
        manager.close();
        let closed = listener.join().unwrap_or(Ok(()));
        let damaged = surveyor.join().unwrap_or_default();
        match (waited?, ended, closed) {
            // The queue was closed under it: it says why.
            (Ended::Nudged, false, Err(error)) => Err(error.into()),
            (Ended::Nudged | Ended::Requested | Ended::Idle, _, Ok(()) | Err(_)) => {
                job_ids::check(&damaged)
            }
        }
    })
}

/// Looks once at all jobs, and says at once what is damaged.
fn survey(store: &Path) -> Vec<String> {
    // Trouble with the queue as a whole shows itself to who drives it.
    let damaged = job_ids::damaged(store).unwrap_or_default();
    if let Err(failure) = job_ids::check(&damaged) {
        failure.tell();
    }
    damaged
}

/// Why the wait is over.
enum Ended {
    Requested,
    Idle,
    Nudged,
}

fn wait(
    manager: &Manager,
    active: &Mutex<Instant>,
    interrupt: &Interrupt,
    idle_exit_s: Option<u32>,
) -> Outcome<Ended> {
    let Some(idle_exit_s) = idle_exit_s else {
        interrupt.wait(None);
        return Ok(if interrupt.is_requested() { Ended::Requested } else { Ended::Nudged });
    };
    let allowed = Duration::from_secs(u64::from(idle_exit_s));
    let look = (allowed / 4).clamp(LOOK_MIN, LOOK_MAX);
    loop {
        if interrupt.wait(Some(look)) {
            return Ok(if interrupt.is_requested() { Ended::Requested } else { Ended::Nudged });
        }
        let idle = manager.is_idle()?;
        let mut last = active.lock().map_err(|_| Failure::failed("an internal error"))?;
        if !idle {
            *last = Instant::now();
        } else if last.elapsed() >= allowed {
            return Ok(Ended::Idle);
        }
    }
}

/// Takes the events until the queue is closed; then why. What clients added and is here is
/// put in place; nobody else wants to know.
fn listen(
    manager: &Manager,
    active: &Mutex<Instant>,
    interrupt: &Interrupt,
    rpc: Option<&Rpc>,
) -> Result<()> {
    loop {
        match manager.next_event(None) {
            Ok(event) => {
                if let (Some(rpc), Some(event)) = (rpc, event) {
                    rpc.context.complete_if_here(event.job);
                }
                if let Ok(mut last) = active.lock() {
                    *last = Instant::now();
                }
            }
            Err(error) => {
                interrupt.nudge();
                return Err(error);
            }
        }
    }
}
