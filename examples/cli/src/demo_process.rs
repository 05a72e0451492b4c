//! The downloading process of the demonstration, seen from the other side.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Stdio};

use uuid::Uuid;

use crate::failure::{Failure, Outcome};
use crate::program::Program;

/// A running worker. It does not outlive this.
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts this very program as the worker of a queue.
    pub fn start(program: &Program, store: &Path, job: Uuid) -> Outcome<Self> {
        let child = program
            .again()
            .and_then(|mut program| {
                program
                    .arg("demo-worker")
                    .arg(store)
                    .arg(job.to_string())
                    .stdin(Stdio::piped())
                    .spawn()
            })
            .map_err(|error| Failure::failed(format!("cannot start a process: {error}")))?;
        Ok(Self { child })
    }

    /// Its process id.
    pub fn number(&self) -> u32 {
        self.child.id()
    }

    pub fn tell(&mut self, command: &str) -> Outcome {
        let Some(stdin) = &mut self.child.stdin else {
            return Err(Failure::failed("the process takes no commands"));
        };
        writeln!(stdin, "{command}")
            .map_err(|error| Failure::failed(format!("the process is gone: {error}")))
    }

    /// A failure once it has ended, which it does not do by itself.
    pub fn check_alive(&mut self) -> Outcome {
        match self.child.try_wait() {
            Ok(None) => Ok(()),
            Ok(Some(status)) => Err(Failure::failed(format!("the process ended: {status}"))),
            Err(error) => Err(Failure::failed(format!("the process cannot be watched: {error}"))),
        }
    }

    /// Ends it with SIGKILL: it has no chance to tidy up.
    pub fn kill(mut self) -> Outcome {
        self.child
            .kill()
            .and_then(|()| self.child.wait())
            .map(|_| ())
            .map_err(|error| Failure::failed(format!("cannot kill the process: {error}")))
    }

    /// Lets it end in order.
    pub fn end(mut self) -> Outcome {
        drop(self.child.stdin.take());
        match self.child.wait() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(Failure::failed(format!("the process ended: {status}"))),
            Err(error) => Err(Failure::failed(format!("the process cannot be watched: {error}"))),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has ended already, unless the demonstration failed.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
