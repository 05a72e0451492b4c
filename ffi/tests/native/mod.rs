//! Builds the C and C++ programs of the tests and runs their scenarios against
//! the scriptable server.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, OnceLock, PoisonError};

use bgcopy_test_server::{
    Area, Bucket, BucketFault, Content, Ietf, Reply, Resource, Server, UploadFault,
};

/// Bytes of the files that are served: not a round number.
pub const LENGTH: u64 = 1_500_007;

/// A scenario that takes longer hangs.
pub const SCENARIO_SECONDS_MAX: &str = "240";

pub const C_FLAGS: [&str; 9] = [
    "-std=c11",
    "-D_POSIX_C_SOURCE=200809L",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-pedantic",
    "-Wconversion",
    "-Wshadow",
    "-Wstrict-prototypes",
];

pub const CPP_FLAGS: [&str; 9] = [
    "-std=c++17",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-pedantic",
    "-Wconversion",
    "-Wshadow",
    "-Wold-style-cast",
    "-Wnon-virtual-dtor",
];

/// How a program is built and run.
#[derive(Clone, Copy)]
pub struct Way {
    pub compiler: &'static str,
    pub flags: &'static [&'static str],
    /// What runs the program, with its arguments.
    pub wrapper: &'static [&'static str],
}

pub const GCC: Way = Way { compiler: "gcc", flags: &["-O1", "-g"], wrapper: &[] };
pub const GPP: Way = Way { compiler: "g++", flags: &["-O1", "-g"], wrapper: &[] };

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the repository")
}

/// The shared library, in a folder where the loader finds it by its soname.
pub fn library_folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = scratch().join("lib");
        std::fs::create_dir_all(&folder).expect("a folder");
        let library = std::env::current_exe().expect("a path").with_file_name("libbgcopy.so");
        for name in ["libbgcopy.so", "libbgcopy.so.0.1"] {
            std::os::unix::fs::symlink(&library, folder.join(name)).expect("a link");
        }
        folder
    })
}

/// A folder of this test process.
fn scratch() -> PathBuf {
    static SCRATCH: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = SCRATCH
        .get_or_init(|| tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder"));
    folder.path().to_owned()
}

/// The program made of one source of `tests/`, built once for each way.
pub fn program(source: &str, way: Way) -> PathBuf {
    static BUILT: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
    let name = format!("{}-{}-{}", source.replace('/', "-"), way.compiler, way.flags.join(""));
    let program = scratch().join(name);
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    if !built.contains(&program) {
        build(source, way, &program);
        built.push(program.clone());
    }
    program
}

fn build(source: &str, way: Way, program: &Path) {
    let strict: &[&str] = if source.ends_with(".c") { &C_FLAGS } else { &CPP_FLAGS };
    let library = library_folder();
    let mut command = Command::new(way.compiler);
    command.args(strict).args(way.flags).arg("-I").arg(root().join("include"));
    command.arg(root().join("tests").join(source)).arg("-o").arg(program);
    command.arg("-L").arg(library).arg(format!("-Wl,-rpath,{}", library.display()));
    command.args(["-lbgcopy", "-lpthread", "-ldl"]);
    must_succeed(&mut command);
}

pub fn must_succeed(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{text}{errors}", output.status);
    output
}

/// A server and a folder for one scenario.
pub struct Stage {
    pub server: Server,
    pub folder: tempfile::TempDir,
}

pub fn content(name: &str) -> Content {
    Content::generated(u64::from(name.as_bytes()[0]), LENGTH)
}

/// The reply to uploads: short enough to be given out as bytes.
pub fn answer() -> Content {
    Content::generated(u64::from(b'a'), 1000)
}

/// Where uploads are cut off, by protocol.
const CUT_OFF: [&str; 3] = ["/cut/bits/", "/cut/tus/", "/cut/ietf/"];

fn ietf() -> Area {
    Area::new().ietf(Ietf::new())
}

impl Stage {
    /// Serves `/one` and `/two`, and `/gated`, which stops in the middle. Takes
    /// files in `/up/`, with `/answer` as the reply, and in `/silent/` without;
    /// by other protocols in `/tus/`, `/ietf/` and `/s3/`. Below `/cut/` the
    /// first request with bytes is cut off half-way; by S3 it is refused for an
    /// hour, while the other parts are taken.
    pub fn new() -> Self {
        let server = Server::start().expect("a server");
        for name in ["one", "two"] {
            server.put(&format!("/{name}"), Resource::new(content(name)));
        }
        let gated = Reply::normal().gate_after(LENGTH / 2);
        server.put("/gated", Resource::new(content("gated")).always(gated));
        server.put("/answer", Resource::new(answer()));
        server.accept_uploads("/up/", Area::new().reply_url("/answer"));
        server.accept_uploads("/silent/", Area::new());
        server.accept_uploads("/tus/", Area::tus());
        server.accept_uploads("/ietf/", ietf());
        server.serve_bucket("/s3/", Bucket::new("id", "secret"));
        let cut = UploadFault::CutAfter(LENGTH / 2);
        for (prefix, area) in CUT_OFF.into_iter().zip([Area::new(), Area::tus(), ietf()]) {
            let area = area.fault("Fragment", cut.clone()).fault("PATCH", cut.clone());
            server.accept_uploads(prefix, area);
        }
        let bucket = Bucket::new("id", "secret");
        server.serve_bucket("/cut/s3/", bucket.fault("UploadPart", BucketFault::Wait(3600)));
        Self { server, folder: tempfile::tempdir().expect("a folder") }
    }

    /// Runs the scenario; it must end well and leave no temporary file.
    pub fn run(&self, source: &str, scenario: &str, way: Way) -> Output {
        let program = program(source, way);
        let mut command = Command::new("timeout");
        command.args(["--kill-after=5", SCENARIO_SECONDS_MAX]).args(way.wrapper).arg(&program);
        command.arg(scenario).arg(self.folder.path()).arg(self.server.url(""));
        must_succeed(&mut command)
    }

    pub fn must_hold(&self, name: &str, bytes: &[u8]) {
        let found = std::fs::read(self.folder.path().join(name)).expect("the file");
        assert!(found == bytes, "{name} has {} bytes, or others", found.len());
    }

    /// So many files were sent, each the served one of that name.
    pub fn must_have_uploads(&self, count: usize) {
        let bucket = self.server.bucket("/s3/");
        assert_eq!(bucket.violations, Vec::<String>::new());
        for (path, object) in &bucket.objects {
            let name = path.strip_prefix("/s3/").expect("a path of the bucket");
            assert!(object.bytes == content(name).slice(0..LENGTH), "{path}");
        }
        let mut found = bucket.objects.len();
        for prefix in ["/up/", "/silent/", "/tus/", "/ietf/"] {
            let seen = self.server.area(prefix);
            assert_eq!(seen.violations, Vec::<String>::new());
            found += seen.files.len();
            for (path, kept) in seen.files {
                let name = path.strip_prefix(prefix).expect("a path of the area");
                assert!(kept.bytes() == content(name).slice(0..LENGTH), "{path}");
            }
        }
        assert_eq!(found, count, "files that were sent");
    }

    /// Half a file arrived below each part of `/cut/`, and nothing of it is left;
    /// by S3 one part of two.
    fn must_have_forgotten(&self, by_s3: bool) {
        for prefix in CUT_OFF {
            let seen = self.server.area(prefix);
            assert_eq!(seen.violations, Vec::<String>::new());
            assert_eq!(seen.bytes_stored, LENGTH / 2, "{prefix}");
            assert!(seen.sessions.is_empty() && seen.files.is_empty(), "{prefix}");
        }
        let bucket = self.server.bucket("/cut/s3/");
        assert_eq!(bucket.violations, Vec::<String>::new());
        assert!(bucket.uploads.is_empty() && bucket.objects.is_empty());
        assert_eq!(bucket.served("CreateMultipartUpload"), u64::from(by_s3));
    }

    /// What a scenario leaves in place, and nothing else.
    pub fn must_have_what(&self, source: &str, scenario: &str, files: &[&str]) {
        for name in files {
            let one = content("one");
            match *name {
                "pieces" => {
                    self.must_hold(name, &[one.slice(1000..1500), one.slice(0..10)].concat());
                }
                "answer" => self.must_hold(name, &answer().slice(0..1000)),
                _ => self.must_hold_content(name),
            }
        }
        self.must_have_uploads(match scenario {
            "several" | "started" => 2,
            "reply" | "no_reply" => 1,
            "protocols" => 3,
            _ => 0,
        });
        if scenario == "cancelled" {
            self.must_have_forgotten(source == "c/uploads.c");
        }
        // A job that stays in the queue keeps its temporary file.
        if source != "c/misuse.c" && scenario != "closed_while_waiting" {
            self.must_be_tidy(files);
        }
    }

    pub fn must_hold_content(&self, name: &str) {
        self.must_hold(name, &content(name).slice(0..LENGTH));
    }

    /// No temporary file is left, and of files in place only these.
    pub fn must_be_tidy(&self, files: &[&str]) {
        for entry in std::fs::read_dir(self.folder.path()).expect("the folder") {
            let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
            let is_store = name == "store" || name == "other";
            assert!(is_store || files.contains(&name.as_str()), "{name} is left");
        }
    }
}

/// Every scenario with what it leaves in place, by the language and the name of the
/// program that tells it. This is the one list: the macro of that name gets it.
macro_rules! every_scenario {
    ($list:ident) => {
        $list! {
            c {
                life {
                    download: ["one", "two"],
                    cancel_in_callback: [],
                    partial: ["one"],
                    failure: [],
                    registered_late: ["one"],
                    replaced: [],
                    manager_is_not_closed_in_callback: [],
                    ranges: ["pieces"],
                    restarted: ["one"],
                    ended: ["one"],
                    reopened: ["one"],
                    mirror: ["one"],
                }
                events {
                    asked_for: ["one"],
                    descriptor: [],
                    closed_while_waiting: [],
                    interrupted: [],
                    enumerators: [],
                    files: [],
                }
                reading {
                    while_it_downloads: ["one"],
                    other_version: ["one"],
                    on_demand: ["one"],
                    turns: [],
                }
                misuse {
                    null_handles: [],
                    closed_handles: [],
                    wrong_kinds: [],
                    null_results: [],
                    finished_job: [],
                    wrong_state: [],
                    bad_numbers: [],
                    bad_utf8: [],
                    closed_manager: [],
                }
                settings {
                    of_job: [],
                    keys: [],
                    oneshot: ["one"],
                    checksums: [],
                    of_requests: [],
                    properties: [],
                    of_manager: [],
                    at_one_moment: [],
                    default_store: [],
                    looked_at_from_beside: [],
                }
                uploads {
                    several: ["one", "two"],
                    started: ["one", "two"],
                    reply: ["one", "answer"],
                    no_reply: ["one"],
                    protocols: ["one"],
                    cancelled: ["one"],
                }
                log {
                    levels: [],
                }
                process {
                    forked: ["two"],
                    signals_and_locale: ["one"],
                }
            }
            cpp {
                scenarios {
                    download: ["one", "two"],
                    cancel_in_callback: [],
                    failure: [],
                    errors: [],
                    events: ["one"],
                    interrupted: [],
                    callbacks: ["one"],
                    restarted: ["one"],
                    ended: ["one"],
                    beside: [],
                    mirror: ["one"],
                }
                reading {
                    while_it_downloads: ["one"],
                    stream: ["one"],
                    on_demand: [],
                    interrupted: [],
                }
                settings {
                    of_job: [],
                    of_requests: [],
                    properties: [],
                    of_files: [],
                    of_manager: [],
                    oneshot: ["one"],
                }
                uploads {
                    several: ["one", "two"],
                    started: ["one", "two"],
                    reply: ["one", "answer"],
                    no_reply: ["one"],
                    cancelled: ["one"],
                }
                without_exceptions {
                    download: ["one"],
                }
            }
        }
    };
}

macro_rules! table {
    (
        c { $($c:ident { $($in_c:ident: [$($of_c:literal),*],)* })* }
        cpp { $($cpp:ident { $($in_cpp:ident: [$($of_cpp:literal),*],)* })* }
    ) => {
        /// The source, the scenario, and the files that it leaves in place.
        pub const SCENARIOS: &[(&str, &str, &[&str])] = &[
            $($((
                concat!("c/", stringify!($c), ".c"),
                stringify!($in_c),
                &[$($of_c),*],
            ),)*)*
            $($((
                concat!("cpp/", stringify!($cpp), ".cpp"),
                stringify!($in_cpp),
                &[$($of_cpp),*],
            ),)*)*
        ];
    };
}

every_scenario!(table);

/// Tells one of them and looks at what is left.
pub fn run(source: &str, scenario: &str, files: &[&str], way: Way) {
    let stage = Stage::new();
    stage.run(source, scenario, way);
    stage.must_have_what(source, scenario, files);
}

/// Runs all scenarios of a language in one way.
pub fn run_all(way: Way, folder: &str) {
    for &(source, scenario, files) in SCENARIOS {
        // The allocator of gcc's address sanitizer does not survive a fork of
        // a program with threads, and for valgrind the memory that the child
        // inherits from threads it does not have is a leak.
        let is_watched = way.wrapper.contains(&"--leak-check=full")
            || way.flags.iter().any(|flag| flag.contains("address"));
        if source.starts_with(folder) && !(is_watched && scenario == "forked") {
            println!("{source} {scenario}");
            run(source, scenario, files, way);
        }
    }
}
