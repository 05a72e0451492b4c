//! What messages take of memory, counted in bytes.

use std::io::Cursor;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use curl::multi::Multi;
use uuid::Uuid;

use crate::engine::{Answer, Answered, ApiCall, ApiReply, Inbox, Message};
use crate::model::{Command, FileSpec};
use crate::platform::socket;
use crate::vocab::code;

use super::frame::{FRAME_BYTES_MAX, FrameReader, LENGTH_BYTES, SMALL_BYTES_MAX};
use super::greeting::{Hello, Welcome, Wish};
use super::host::Host;
use super::shares::Shares;
use super::{Guest, PROTOCOL};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Bytes of a large call: two of them are more than all may have together.
const LARGE_BYTES: usize = FRAME_BYTES_MAX / 2 + 1;

fn frame(bytes: usize) -> Vec<u8> {
    let mut frame = u32::try_from(bytes).expect("small").to_le_bytes().to_vec();
    frame.resize(LENGTH_BYTES + bytes, 7);
    frame
}

#[test]
fn the_buffer_of_a_message_grows_to_its_length_and_goes_with_it() {
    let lengths = [10, 5_000_000, 20, SMALL_BYTES_MAX + 1, 100_000, 0];
    let bytes: Vec<u8> = lengths.into_iter().flat_map(frame).collect();
    let mut frames = FrameReader::new(Cursor::new(bytes));
    for length in lengths {
        assert_eq!(frames.begin().expect("good"), Some(length));
        assert!(frames.buffer_bytes() <= SMALL_BYTES_MAX, "nothing is taken for a claim");
        while frames.received() < length {
            frames.advance(30_000).expect("good");
            assert!(frames.buffer_bytes() <= length.max(SMALL_BYTES_MAX));
        }
        assert_eq!(frames.finish(None, <[u8]>::len).expect("good"), length);
        assert!(frames.buffer_bytes() <= SMALL_BYTES_MAX, "it is given back at once");
    }
}

#[test]
fn a_message_that_takes_too_long_is_an_error() {
    let mut frames = FrameReader::new(Cursor::new(frame(5000)));
    frames.begin().expect("good");
    let late = frames.finish(Some(Instant::now()), <[u8]>::len).expect_err("late");
    assert_eq!(late.kind(), std::io::ErrorKind::TimedOut);
}

#[test]
fn shares_are_never_more_than_there_is_and_go_in_order() {
    let shares = Shares::new(100, PATIENCE);
    let (held, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let order = Mutex::new(Vec::new());
    let first = shares.take(100, || Ok(())).expect("free");
    std::thread::scope(|scope| {
        // A small one that came late would fit beside the first of the large ones.
        for (number, bytes) in [60, 60, 60, 40, 10].into_iter().enumerate() {
            let (shares, held, most, order) = (&shares, &held, &most, &order);
            scope.spawn(move || {
                let share = shares.take(bytes, || Ok(())).expect("in the end");
                order.lock().expect("no panic").push(number);
                most.fetch_max(held.fetch_add(bytes, Ordering::SeqCst) + bytes, Ordering::SeqCst);
                std::thread::yield_now();
                held.fetch_sub(bytes, Ordering::SeqCst);
                drop(share);
            });
            wait_until(|| shares.waiting() == number + 1);
        }
        drop(first);
    });
    assert!(most.load(Ordering::SeqCst) <= 100);
    // Those that fit together come in any order.
    let order = order.lock().expect("no panic");
    assert_eq!(order[..2], [0, 1]);
    drop(shares.take(100, || Ok(())).expect("all of it is free"));
}

#[test]
fn who_waits_for_a_share_gives_signs_of_life_and_leaves_the_line_when_it_is_dead() {
    let shares = Shares::new(100, Duration::from_millis(1));
    let first = shares.take(100, || Ok(())).expect("free");
    let mut signs = 0;
    let dead = shares.take(50, || {
        signs += 1;
        if signs < 3 { Ok(()) } else { Err(std::io::ErrorKind::UnexpectedEof.into()) }
    });
    assert!(dead.is_err());
    assert_eq!((signs, shares.waiting()), (3, 0));
    drop(first);
    drop(shares.take(100, || Ok(())).expect("all of it is free"));
}

/// A host whose engine is the test.
struct Bench {
    inbox: Arc<Inbox>,
    host: Host,
    folder: tempfile::TempDir,
    _multi: Multi,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let multi = Multi::new();
        let inbox = Arc::new(Inbox::new(multi.waker()));
        let host = Host::start(folder.path(), Arc::clone(&inbox)).expect("a socket");
        Self { inbox, host, folder, _multi: multi }
    }

    fn guest(&self) -> Arc<Guest> {
        let Ok((guest, mut reader)) = Guest::connect(self.folder.path(), false) else {
            panic!("no connection");
        };
        std::thread::spawn(move || {
            reader.run();
            reader.guest().lose();
        });
        guest
    }

    /// Makes a large call on a thread of its own.
    fn call_at_length(&self) -> Receiver<Answered> {
        let guest = self.guest();
        let (to, answers) = channel();
        std::thread::spawn(move || {
            let Ok(Some((_, answer))) = guest.call(&large()) else {
                panic!("the call cannot be sent");
            };
            _ = to.send(answer.recv().expect("an answer"));
        });
        answers
    }

    /// The calls that have come, with what they have of bytes.
    fn calls(&self) -> Vec<(usize, Answer)> {
        let messages = self.inbox.take().into_iter();
        let call = |message| {
            let Message::Call { request, answer, .. } = message else {
                return None;
            };
            Some((size(&request), answer))
        };
        messages.filter_map(call).collect()
    }
}

fn large() -> ApiCall {
    let remote_name = "x".repeat(LARGE_BYTES);
    let file = FileSpec { remote_name, ..FileSpec::default() };
    let command = Command::AddFiles(vec![file]);
    ApiCall::Command { id: Uuid::from_u128(1), call: Uuid::from_u128(2), command }
}

fn size(request: &ApiCall) -> usize {
    let ApiCall::Command { command: Command::AddFiles(files), .. } = request else {
        return 0;
    };
    files.iter().map(|file| file.remote_name.len()).sum()
}

fn done(answer: Answer) {
    answer.send(Ok(ApiReply::Done(code::S_OK)));
}

fn wait_until(mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "it never is");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn large_calls_of_all_guests_have_one_bound_and_small_ones_and_waits_pass() {
    let bench = Bench::new();
    let answers: Vec<_> = (0..4).map(|_| bench.call_at_length()).collect();
    let mut unanswered = Vec::new();
    for left in (0..answers.len()).rev() {
        // One is there, and all others wait: those are the only ones.
        wait_until(|| {
            unanswered.extend(bench.calls());
            let bytes: usize = unanswered.iter().map(|(bytes, _)| *bytes).sum();
            assert!(bytes <= FRAME_BYTES_MAX, "{bytes} bytes at a time");
            unanswered.len() == 1 && bench.host.large().waiting() == left
        });
        let other = bench.guest();
        for request in [ApiCall::NextEvent, ApiCall::Limits] {
            let Ok(Some((_, answer))) = other.call(&request) else {
                panic!("the call cannot be sent");
            };
            let mut small = Vec::new();
            wait_until(|| {
                small.extend(bench.calls());
                !small.is_empty()
            });
            small.into_iter().for_each(|(bytes, answer)| {
                assert_eq!(bytes, 0);
                done(answer);
            });
            answer.recv_timeout(PATIENCE).expect("an answer").1.expect("a good one");
        }
        unanswered.drain(..).for_each(|(_, answer)| done(answer));
    }
    for answer in answers {
        answer.recv_timeout(PATIENCE).expect("an answer").1.expect("a good one");
    }
}

#[test]
fn a_guest_that_stops_in_a_large_call_or_goes_gives_its_share_back() {
    let bench = Bench::new();
    let connect = || {
        let stream = socket::connect(bench.folder.path()).expect("a connection");
        let hello = Hello { protocol: PROTOCOL, wish: Wish::Join, library: String::new() };
        socket::send(&stream, &hello.to_bytes()).expect("sent");
        let mut source = &stream;
        assert_eq!(Welcome::read(&mut source).expect("a welcome").verdict, code::S_OK);
        let half = &frame(LARGE_BYTES)[..100_000];
        socket::send(&stream, half).expect("sent");
        stream
    };
    let stopped = connect();
    wait_until(|| bench.host.large().bytes_free() < LARGE_BYTES);
    let others = [connect(), connect()];
    wait_until(|| bench.host.large().waiting() == others.len());
    // It waits for 30 s: a guest of which nothing is taken gives up after 20 s, as
    // what filled the system's buffer counts as the first send.
    let answer = bench.call_at_length();
    wait_until(|| bench.host.large().waiting() == others.len() + 1);
    let gone = connect();
    wait_until(|| bench.host.large().waiting() == others.len() + 2);
    drop(gone);
    let mut calls = Vec::new();
    wait_until(|| {
        calls.extend(bench.calls());
        !calls.is_empty()
    });
    calls.into_iter().for_each(|(_, answer)| done(answer));
    answer.recv_timeout(PATIENCE).expect("an answer").1.expect("a good one");
    wait_until(|| bench.host.large().waiting() == 0);
    drop((stopped, others));
}
