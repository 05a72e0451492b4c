//! A folder, a queue and a server for one test, and the program at work there.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::ffi::OsStr;
use std::fs;
#[cfg(unix)]
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use bgcopy_test_server::{AreaSeen, Content, Request, Server};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_bgcopy");

/// Nothing here takes as long as this unless something is wrong.
const PATIENCE: Duration = Duration::from_secs(30);
const TICK: Duration = Duration::from_millis(20);

/// The key, as what a test does at a terminal.
pub const CTRL_C: &str = "Ctrl-C";

/// Opens a terminal for the program, presses Ctrl-C or runs a command when it shows a
/// text so many times, and prints all that it showed.
const AT_A_TERMINAL: &str = r#"
import fcntl, os, pty, struct, subprocess, sys, termios
columns, text, times, action = int(sys.argv[1]), sys.argv[2].encode(), int(sys.argv[3]), sys.argv[4]
child, terminal = pty.fork()
if child == 0:
    os.environ["TERM"] = "xterm"
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    os.execv(sys.argv[5], sys.argv[5:])
shown, done = b"", False
try:
    while data := os.read(terminal, 1000):
        shown += data
        if shown.count(text) >= times and not done:
            done = True
            if action == "Ctrl-C":
                os.write(terminal, b"\x03")
            else:
                subprocess.run(["sh", "-c", action], check=True, stdout=subprocess.DEVNULL)
except OSError:
    pass
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"#;

pub struct Bench {
    folder: TempDir,
    pub server: Server,
    variables: Vec<(String, String)>,
}

/// What a finished process left.
#[derive(Debug)]
pub struct Out {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Bench {
    pub fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        fs::create_dir(folder.path().join("here")).expect("a folder");
        let server = Server::start().expect("a server");
        server.serve_generated();
        Self { folder, server, variables: Vec::new() }
    }

    /// Sets an environment variable of the program.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    pub fn url(&self, path: &str) -> String {
        self.server.url(path)
    }

    pub fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    /// A path in the current folder of the program.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("here").join(name)
    }

    /// What is in the current folder of the program, sorted.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("")).expect("a folder");
        let mut names: Vec<_> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort_unstable();
        names
    }

    pub fn content(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).expect("a file")
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &[&str]) -> Out {
        out_of(self.command(arguments).output().expect("the program runs"))
    }

    /// The same with words that need not be text.
    #[cfg(unix)]
    pub fn run_bytes(&self, arguments: &[&[u8]]) -> Out {
        let words = arguments.iter().map(|word| OsStr::from_bytes(word));
        out_of(self.command(&[]).args(words).output().expect("the program runs"))
    }

    /// Runs the program to its end with a file here as stdin.
    pub fn run_with_stdin(&self, name: &str, arguments: &[&str]) -> Out {
        let file = fs::File::open(self.path(name)).expect("a file");
        out_of(self.command(arguments).stdin(file).output().expect("the program runs"))
    }

    /// Lets another program run it to its end.
    pub fn run_by(&self, runner: &str, before: &[&str], arguments: &[&str]) -> Out {
        let words = [before, &[PROGRAM], arguments].concat();
        let mut command = self.configured(Command::new(runner), &words);
        out_of(command.output().expect("the runner runs"))
    }

    /// Runs the program to its end at a terminal of so many columns. When that shows a text,
    /// Ctrl-C is pressed or a command of the shell is run. Needs Linux.
    pub fn at_terminal(&self, columns: u16, text: &str, action: &str, arguments: &[&str]) -> Out {
        self.at_terminal_later(columns, (text, 1), action, arguments)
    }

    /// The same when it has shown a text so many times. The kernel throws away what is not
    /// shown yet when Ctrl-C is pressed.
    pub fn at_terminal_later(
        &self,
        columns: u16,
        (text, times): (&str, u32),
        action: &str,
        arguments: &[&str],
    ) -> Out {
        let (columns, times) = (columns.to_string(), times.to_string());
        let before = ["-c", AT_A_TERMINAL, &columns, text, &times, action];
        self.run_by("python3", &before, arguments)
    }

    /// Runs the program to its end with nobody at the other end of stdout.
    pub fn run_unread(&self, arguments: &[&str]) -> Out {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = self.command(arguments);
        out_of(command.stdout(writer).output().expect("the program runs"))
    }

    /// Runs the program to its end with stdout on a device that is full.
    pub fn run_full(&self, arguments: &[&str]) -> Out {
        let full = fs::File::options().write(true).open("/dev/full").expect("a device");
        out_of(self.command(arguments).stdout(full).output().expect("the program runs"))
    }

    /// Starts the program and lets it run.
    pub fn start(&self, arguments: &[&str]) -> Running {
        Self::started(self.command(arguments))
    }

    /// The same where some signals are ignored from the start, as by `nohup`.
    pub fn start_ignoring(&self, signals: &[&str], arguments: &[&str]) -> Running {
        let script = format!("trap '' {}; exec \"$@\"", signals.join(" "));
        let mut words = vec!["-c", &script, "sh", PROGRAM];
        words.extend(arguments);
        Self::started(self.configured(Command::new("sh"), &words))
    }

    fn started(mut command: Command) -> Running {
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        Running { child: Some(child) }
    }

    /// Waits until at least that much of the only job is recorded; its id.
    pub fn wait_for_recorded_bytes(&self, bytes: u64) -> String {
        let mut id = String::new();
        wait_until("bytes are recorded", || {
            let jobs = json_of(&self.run(&["list", "--json"]).stdout);
            let job = &jobs[0];
            id = job["id"].as_str().unwrap_or_default().to_owned();
            job["bytes_transferred"].as_u64().is_some_and(|here| here >= bytes)
        });
        id
    }

    /// Waits until a process hosts the queue and lets others in.
    pub fn wait_for_host(&self) {
        wait_until("there is a host", || self.store().join("engine.sock").exists());
    }

    /// Waits until so many requests for a path have come; all of them.
    pub fn wait_for_requests(&self, path: &str, count: usize) -> Vec<Request> {
        let came = self.server.wait_until(PATIENCE, |seen| seen.requests_for(path).len() >= count);
        assert!(came, "waited in vain for {count} requests");
        self.server.requests_for(path)
    }

    /// Waits until what the server took below `/up/` is as wanted.
    pub fn wait_for_upload(&self, wanted: impl Fn(&AreaSeen) -> bool) -> bool {
        self.server.wait_until(PATIENCE, |seen| wanted(&seen.area("/up/")))
    }

    /// What the server serves at `/gen/SEED/LENGTH`.
    pub fn generated(seed: u64, length: u64) -> Vec<u8> {
        Content::generated(seed, length).slice(0..length)
    }

    /// The SHA-256 of that.
    pub fn sha256(seed: u64, length: u64) -> String {
        let digest = Sha256::digest(Self::generated(seed, length));
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.configured(Command::new(PROGRAM), arguments)
    }

    fn configured(&self, mut command: Command, arguments: &[&str]) -> Command {
        command.args(arguments).current_dir(self.path("")).env("BGCOPY_STORE", self.store());
        // What the demonstration leaves would be seen here.
        command.env("TMPDIR", self.path(""));
        // What the user of these tests has set up is not seen here.
        command.env("HOME", self.path(""));
        let names = [
            "http_proxy",
            "all_proxy",
            "ALL_PROXY",
            "no_proxy",
            "NO_PROXY",
            "NETRC",
            "XDG_CONFIG_HOME",
            "BGCOPY_CONFIG",
        ];
        for name in names {
            command.env_remove(name);
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command
    }
}

/// A process that is killed when the test ends before it does.
pub struct Running {
    child: Option<Child>,
}

impl Running {
    /// What Ctrl-C does, and what came of it.
    pub fn interrupt(self) -> Out {
        self.send("INT");
        self.end()
    }

    /// What it writes to stdout, to be read while it runs.
    pub fn stdout(&mut self) -> std::process::ChildStdout {
        self.child.as_mut().and_then(|child| child.stdout.take()).expect("it is not read yet")
    }

    /// Sends a signal.
    pub fn send(&self, signal: &str) {
        let id = self.child.as_ref().expect("it runs").id().to_string();
        let sent = Command::new("kill").args([&format!("-{signal}"), &id]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// What came of it when it ends by itself.
    pub fn end(mut self) -> Out {
        out_of(self.child.take().expect("it runs").wait_with_output().expect("it ends"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            _ = child.kill();
            _ = child.wait();
        }
    }
}

pub fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// One JSON value a line.
pub fn lines_of(text: &str) -> Vec<Value> {
    text.lines().map(json_of).collect()
}

pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "waited in vain until {what}");
        thread::sleep(TICK);
    }
}

fn out_of(output: Output) -> Out {
    Out {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
