//! Builds the programs of `tests/com` against `include/com`, and runs their scenarios against the
//! scriptable server.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, OnceLock, PoisonError};

use bgcopy_test_server::{Area, Content, Reply, Resource, Server};

/// Bytes of the files that are served: not a round number.
pub const LENGTH: u64 = 1_500_007;

/// A scenario that takes longer hangs.
const SCENARIO_SECONDS_MAX: &str = "240";

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

pub const CPP_FLAGS: [&str; 8] = [
    "-std=c++17",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-pedantic",
    "-Wconversion",
    "-Wshadow",
    "-Wold-style-cast",
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
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

/// The shared library, in a folder where the loader finds it by its soname.
pub fn library_folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = scratch().join("lib");
        std::fs::create_dir_all(&folder).expect("a folder");
        let library = std::env::current_exe().expect("a path").with_file_name("libbgcopy_bits.so");
        for name in ["libbgcopy_bits.so", "libbgcopy_bits.so.0.1"] {
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

/// The program made of one source, by its path from the root, built once for each way.
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
    command.args(strict).args(way.flags).arg("-I").arg(root().join("include/com"));
    command.arg(root().join(source)).arg("-o").arg(program);
    command.arg("-L").arg(library).arg(format!("-Wl,-rpath,{}", library.display()));
    command.args(["-lbgcopy_bits", "-lpthread"]);
    must_succeed(&mut command);
}

pub fn must_succeed(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{text}{errors}", output.status);
    output
}

pub fn content(name: &str) -> Content {
    Content::generated(u64::from(name.as_bytes()[0]), LENGTH)
}

/// The reply to uploads: short enough to be given out as bytes.
pub fn answer() -> Content {
    Content::generated(u64::from(b'a'), 1000)
}

/// A server and a folder for one scenario.
pub struct Stage {
    pub server: Server,
    pub folder: tempfile::TempDir,
}

impl Stage {
    /// Serves `/one` and `/two`; `/gated`, which stops in the middle; and `/busy`, which fails in a
    /// way that may pass. Takes files in `/up/`, with `/answer` as the reply, in
    /// `/long/` with a long one, and in `/silent/` without.
    pub fn new() -> Self {
        let server = Server::start().expect("a server");
        for name in ["one", "two"] {
            server.put(&format!("/{name}"), Resource::new(content(name)));
        }
        let gated = Reply::normal().gate_after(LENGTH / 2);
        server.put("/gated", Resource::new(content("gated")).always(gated));
        let busy = Reply::normal().status(500);
        server.put("/busy", Resource::new(content("busy")).always(busy));
        server.put("/answer", Resource::new(answer()));
        server.accept_uploads("/up/", Area::new().reply_url("/answer"));
        server.accept_uploads("/long/", Area::new().reply_url("/one"));
        server.accept_uploads("/silent/", Area::new());
        Self { server, folder: tempfile::tempdir().expect("a folder") }
    }

    /// Runs a scenario; it must end well.
    pub fn run(&self, source: &str, scenario: &str, way: Way) -> Output {
        let program = program(source, way);
        let mut command = Command::new("timeout");
        command.args(["--kill-after=5", SCENARIO_SECONDS_MAX]).args(way.wrapper).arg(&program);
        command.arg(scenario).arg(self.folder.path()).arg(self.server.url(""));
        must_succeed(command.env("BGCOPY_STORE", self.folder.path().join("store")))
    }

    /// So many files were sent, each the served one of that name.
    pub fn must_have_uploads(&self, count: usize) {
        let mut found = 0;
        for prefix in ["/up/", "/long/", "/silent/"] {
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

    /// What a scenario leaves in place, and nothing else: no temporary file.
    pub fn must_have(&self, files: &[&str]) {
        for name in files {
            let (wanted, length) = match *name {
                "answer" => (answer(), 1000),
                _ => (content(name), LENGTH),
            };
            let found = std::fs::read(self.folder.path().join(name)).expect("the file");
            assert!(found == wanted.slice(0..length), "{name} has other bytes");
        }
        for entry in std::fs::read_dir(self.folder.path()).expect("the folder") {
            let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
            assert!(name == "store" || files.contains(&name.as_str()), "{name} is left");
        }
    }
}

/// Runs a scenario and looks at what is left.
pub fn run(source: &str, scenario: &str, files: &[&str], way: Way) {
    let stage = Stage::new();
    stage.run(source, scenario, way);
    stage.must_have(files);
    stage.must_have_uploads(usize::from(source.ends_with("uploads.c")));
}

/// Every scenario with what it leaves in place, by the language and the name of the program that
/// tells it. This is the one list: the macro of that name gets it.
macro_rules! every_scenario {
    ($list:ident) => {
        $list! {
            c {
                delivery {
                    download: ["one"],
                    properties: [],
                    life_cycle: [],
                    enumerated: [],
                    blocking: ["one"],
                    variants: [],
                }
                life {
                    download: ["one", "two"],
                    cancelled: [],
                    failing: [],
                    degraded: [],
                    registered_late: ["one"],
                    partial: ["one"],
                    let_go: ["one"],
                }
                objects {
                    references: [],
                    classes: [],
                    ids_and_memory: [],
                    enumerators: [],
                    null_pointers: [],
                    threads: [],
                }
                settings {
                    of_job: [],
                    properties: [],
                    of_requests: [],
                    of_files: [],
                }
                states {
                    properties: [],
                    life_cycle: [],
                }
                uploads {
                    upload: ["one"],
                    reply: ["one", "answer"],
                    long_reply: ["one"],
                }
            }
            cpp {
                scenarios {
                    download: ["one", "two"],
                    failing: [],
                    interfaces: [],
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
                concat!("tests/com/", stringify!($c), ".c"),
                stringify!($in_c),
                &[$($of_c),*],
            ),)*)*
            $($((
                concat!("tests/com/", stringify!($cpp), ".cpp"),
                stringify!($in_cpp),
                &[$($of_cpp),*],
            ),)*)*
        ];
    };
}

every_scenario!(table);

/// Runs all scenarios of a language in one way. For valgrind, the table of methods and states is
/// hundreds of jobs long, and its methods are in other scenarios, too.
pub fn run_all(way: Way, language: &str) {
    for &(source, scenario, files) in SCENARIOS {
        let is_slow = way.wrapper.contains(&"valgrind") && source.ends_with("states.c");
        if source.ends_with(language) && !is_slow {
            println!("{source} {scenario}");
            run(source, scenario, files, way);
        }
    }
}
