//! Guests that do not fit, do not behave or are too many.
#![cfg(unix)]

mod common;

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bgcopy_core::vocab::code;
use bgcopy_core::{HResult, JobState, JobType, Manager, Options};
use bgcopy_test_server::Resource;

use common::{Bench, PATIENCE, content};

/// Processes that may have joined at a time.
const GUESTS_MAX: usize = 128;

fn socket(bench: &Bench) -> PathBuf {
    bench.path("store").join("engine.sock")
}

/// What the hosts of this version speak.
const PROTOCOL: u32 = 2;

fn hello(protocol: u32, wish: u8) -> Vec<u8> {
    let mut bytes = b"bgcopy\r\n".to_vec();
    bytes.extend(protocol.to_le_bytes());
    bytes.extend([wish, 5]);
    bytes.extend(b"9.9.9");
    bytes
}

fn connect(path: &Path) -> UnixStream {
    let stream = UnixStream::connect(path).expect("somebody listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("set");
    stream.set_write_timeout(Some(PATIENCE)).expect("set");
    stream
}

/// Greets, and gives the verdict.
fn greet(stream: &mut UnixStream, protocol: u32, wish: u8) -> HResult {
    stream.write_all(&hello(protocol, wish)).expect("sent");
    let mut welcome = [0; 17];
    stream.read_exact(&mut welcome).expect("an answer");
    assert_eq!(&welcome[..8], b"bgcopy\r\n");
    let mut library = vec![0; usize::from(welcome[16])];
    stream.read_exact(&mut library).expect("a version");
    HResult(i32::from_le_bytes(welcome[12..16].try_into().expect("four bytes")))
}

/// The end of the connection, whatever comes before it.
fn ends(stream: &mut UnixStream) -> bool {
    let mut rest = Vec::new();
    match stream.read_to_end(&mut rest) {
        Ok(_) => true,
        Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
    }
}

/// The host goes on as if nothing were.
fn must_work(bench: &Bench) {
    let began = Instant::now();
    let guest = common::open(bench.folder.path());
    for manager in [&bench.manager, &guest] {
        let job = manager.create_job("works", JobType::Download).expect("a job");
        assert_eq!(job.state().expect("a state"), JobState::Suspended);
        job.cancel().expect("cancelled");
    }
    assert!(began.elapsed() < Duration::from_secs(5), "nobody is waited for");
}

#[test]
fn folder_and_socket_are_for_this_user_alone() {
    let bench = Bench::new();
    let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&bench.path("store")), 0o700);
    assert_eq!(mode(&socket(&bench)), 0o600);
    bench.manager.close();
    assert!(!socket(&bench).exists(), "it goes with the host");
}

#[test]
fn a_guest_of_another_version_is_told_so() {
    let bench = Bench::new();
    for protocol in [0, PROTOCOL - 1, PROTOCOL + 1, u32::MAX] {
        let mut stream = connect(&socket(&bench));
        assert_eq!(greet(&mut stream, protocol, 0), code::BGCOPY_E_LINK_VERSION);
        assert!(ends(&mut stream));
    }
    must_work(&bench);
}

#[test]
fn a_host_of_another_version_is_a_clear_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = UnixListener::bind(folder.path().join("engine.sock")).expect("a socket");
    let host = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a guest");
        let mut asked = [0; 13];
        stream.read_exact(&mut asked).expect("a greeting");
        let mut welcome = b"bgcopy\r\n".to_vec();
        welcome.extend(77_u32.to_le_bytes());
        welcome.extend(code::BGCOPY_E_LINK_VERSION.0.to_le_bytes());
        welcome.push(5);
        welcome.extend(b"7.7.7");
        stream.write_all(&welcome).expect("sent");
    });
    let error = Manager::open(Options::new(folder.path())).err().expect("refused");
    assert_eq!(error.code, code::BGCOPY_E_LINK_VERSION);
    assert!(error.message.contains("7.7.7") && error.message.contains("77"), "{error}");
    host.join().expect("no panic");
}

#[test]
fn something_else_at_the_socket_is_a_clear_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = UnixListener::bind(folder.path().join("engine.sock")).expect("a socket");
    let host = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a guest");
        stream.write_all(b"220 welcome to another program\r\n").expect("sent");
        ends(&mut stream)
    });
    let error = Manager::open(Options::new(folder.path())).err().expect("refused");
    assert_eq!(error.code, code::BGCOPY_E_LINK_VERSION);
    host.join().expect("no panic");
}

#[test]
fn a_host_that_does_not_answer_is_a_clear_error() {
    let folder = tempfile::tempdir().expect("a folder");
    // Nobody ever accepts.
    let _listener = UnixListener::bind(folder.path().join("engine.sock")).expect("a socket");
    let error = Manager::open(Options::new(folder.path())).err().expect("refused");
    assert_eq!(error.code, code::BGCOPY_E_HOST_LOST);
    assert!(error.message.contains(&std::process::id().to_string()), "it says who: {error}");
}

#[test]
fn an_older_host_makes_room_if_asked_and_only_then() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content(1)));
    let mut stream = connect(&socket(&bench));
    assert_eq!(greet(&mut stream, 0, 1), code::BGCOPY_E_LINK_VERSION, "it is newer");
    must_work(&bench);
    let mut stream = connect(&socket(&bench));
    assert_eq!(greet(&mut stream, PROTOCOL, 1), code::S_OK, "a host that fits stays");
    must_work(&bench);
    let mut stream = connect(&socket(&bench));
    assert_eq!(greet(&mut stream, PROTOCOL + 1, 1), code::S_FALSE);
    assert!(ends(&mut stream));
    let next = common::open(bench.folder.path());
    let deadline = Instant::now() + PATIENCE;
    // It may have joined in the last moment of the old one.
    while !next.is_host() {
        assert!(Instant::now() < deadline);
        std::thread::yield_now();
    }
    let error = job.state().expect_err("handed over");
    assert_eq!(error.code, code::BGCOPY_E_MANAGER_CLOSED);
    assert!(error.message.contains("handed over to bgcopy 9.9.9"), "{error}");
    // The end of the old one must not take the socket of the new one away.
    bench.manager.close();
    assert!(socket(&bench).exists());
    let guest = common::open(bench.folder.path());
    assert!(!guest.is_host());
    assert_eq!(guest.jobs().expect("jobs").len(), 1);
}

#[test]
fn nonsense_ends_the_connection_and_nothing_else() {
    let bench = Bench::new();
    let mut random = fastrand::Rng::with_seed(9);
    for round in 0..40 {
        let mut stream = connect(&socket(&bench));
        if round % 2 == 0 {
            assert_eq!(greet(&mut stream, PROTOCOL, 0), code::S_OK);
        }
        let mut bytes: Vec<u8> = (0..random.usize(1..5_000)).map(|_| random.u8(..)).collect();
        if round % 4 == 0 {
            // A frame of a length that is kept.
            let length = u32::try_from(bytes.len()).expect("small");
            bytes.splice(0..0, length.to_le_bytes());
        }
        // It may be cut off before it has sent all of it.
        _ = stream.write_all(&bytes);
        _ = stream.shutdown(std::net::Shutdown::Write);
        assert!(ends(&mut stream), "round {round}");
    }
    must_work(&bench);
}

#[test]
fn half_a_greeting_and_half_a_frame_hold_nobody_up() {
    let bench = Bench::new();
    let mut half_greeting = connect(&socket(&bench));
    half_greeting.write_all(b"bgco").expect("sent");
    let mut half_frame = connect(&socket(&bench));
    assert_eq!(greet(&mut half_frame, PROTOCOL, 0), code::S_OK);
    half_frame.write_all(&60_000_000_u32.to_le_bytes()).expect("sent");
    half_frame.write_all(&[0x82; 1000]).expect("sent");
    must_work(&bench);
    bench.manager.close();
    assert!(ends(&mut half_frame), "it goes with the host");
}

#[test]
fn a_guest_that_never_reads_holds_nobody_up() {
    let bench = Bench::new();
    // In MessagePack: {"ticket": n, "request": "Limits"}.
    let call = |ticket: u32| {
        let mut message = vec![0x82, 0xa6];
        message.extend(b"ticket");
        message.push(0xce);
        message.extend(ticket.to_be_bytes());
        message.push(0xa7);
        message.extend(b"request");
        message.push(0xa6);
        message.extend(b"Limits");
        let mut frame = u32::try_from(message.len()).expect("small").to_le_bytes().to_vec();
        frame.extend(message);
        frame
    };
    let mut stream = connect(&socket(&bench));
    assert_eq!(greet(&mut stream, PROTOCOL, 0), code::S_OK);
    let mut first = [0; 4];
    stream.write_all(&call(1)).expect("sent");
    stream.read_exact(&mut first).expect("the frame above is a good one");
    stream.set_nonblocking(true).expect("set");
    let mut sent = 0_u32;
    for ticket in 2..2_000_000 {
        match stream.write(&call(ticket)) {
            Ok(_) => sent = ticket,
            // The host reads no more from it.
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => break,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(sent < 1_999_999, "the host takes in only so much");
    must_work(&bench);
    // After a while it loses its connection.
    let deadline = Instant::now() + PATIENCE;
    loop {
        match stream.write(&call(sent)) {
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return,
            Ok(_) => {}
        }
        assert!(Instant::now() < deadline, "it is never let go of");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn too_many_guests_are_told_so_and_room_is_made_by_those_who_leave() {
    let bench = Bench::new();
    let mut guests = Vec::new();
    for _ in 0..GUESTS_MAX {
        let mut stream = connect(&socket(&bench));
        assert_eq!(greet(&mut stream, PROTOCOL, 0), code::S_OK);
        guests.push(stream);
    }
    let refused = Manager::open(Options::new(bench.path("store"))).err().expect("full");
    assert_eq!(refused.code, code::BGCOPY_E_TOO_MANY_PROCESSES);
    bench.manager.jobs().expect("the host works");
    guests.clear();
    let deadline = Instant::now() + PATIENCE;
    while let Err(error) = Manager::open(Options::new(bench.path("store"))) {
        assert_eq!(error.code, code::BGCOPY_E_TOO_MANY_PROCESSES);
        assert!(Instant::now() < deadline);
        std::thread::yield_now();
    }
}
