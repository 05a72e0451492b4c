//! What crosses the link comes out as it went in, and nonsense is an error.

use std::io::Cursor;

use uuid::Uuid;

use crate::engine::{Answered, ApiCall, ApiReply, JobSnapshot, ReadableBytes, Secret, Setup};
use crate::model::{
    Command, CredentialSlot, ExpectedHash, FileRecord, FileSpec, JobRecord, Limits, NewJob, Now,
    Setting, Situation, wait_reason,
};
use crate::notify::Event;
use crate::protocol::FileRange;
use crate::vocab::{
    AuthScheme, AuthTarget, Error, EventKind, HResult, HashAlgorithm, JobPriority, JobState,
    JobType, PropertyValue, RateLimits, code,
};

use super::frame::{FRAME_BYTES_MAX, FrameReader, LENGTH_BYTES, decode, encode};
use super::greeting::{Hello, Welcome, Wish};
use super::{CallFrame, CallOut};

/// Mutated frames per kind of message.
const MUTATIONS: u32 = 3_000;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn requests() -> Vec<ApiCall> {
    let slot: CredentialSlot = (AuthTarget::Server, AuthScheme::Basic);
    let secret = Secret { user_name: "u".to_owned(), password: "p".to_owned() };
    let ranges = vec![FileRange { initial_offset: 1, length: u64::MAX }];
    let hash = ExpectedHash { algorithm: HashAlgorithm::Sha256, digest: "00".to_owned() };
    let file = FileSpec {
        remote_name: "http://h/".to_owned(),
        local_name: "/x".to_owned(),
        ranges,
        expected_hash: Some(hash.clone()),
        mirrors: vec!["http://mirror/".to_owned()],
    };
    let plain = FileSpec { ranges: Vec::new(), expected_hash: None, ..file.clone() };
    let property = Setting::Property { id: 5, value: PropertyValue::Uint64(u64::MAX) };
    let commands = vec![
        Command::AddFiles(vec![file, plain]),
        Command::Suspend,
        Command::Complete,
        Command::Set(Setting::Priority(JobPriority::High)),
        Command::Set(Setting::CustomHeaders(None)),
        Command::Set(Setting::CustomHeadersWriteOnly),
        Command::Set(Setting::HttpMethod("POST".to_owned())),
        Command::Set(Setting::CredentialsSet(slot)),
        Command::Set(property),
        Command::Set(Setting::Property { id: 2, value: PropertyValue::Guid(id(7)) }),
        Command::SetExpectedHash { file: 0, hash: Some(hash) },
        Command::ReplaceRemotePrefix { old: "a".to_owned(), new: "b".to_owned() },
    ];
    let command = |command| ApiCall::Command { id: id(1), call: id(2), command };
    let mut all: Vec<_> = commands.into_iter().map(command).collect();
    all.extend([
        ApiCall::CreateJob {
            id: id(1),
            display_name: "name".to_owned(),
            job_type: JobType::Download,
            like: Some(id(2)),
            umask: Some(0o22),
            setup: Setup {
                key: Some("key".to_owned()),
                commands: vec![Command::AddFiles(vec![FileSpec::default()])],
                secrets: vec![(slot, secret.clone())],
                resume: true,
            },
        },
        ApiCall::RetainJobs { jobs: vec![(id(1), 2)] },
        ApiCall::OpenJobByKey { key: "key".to_owned() },
        ApiCall::OpenJobs { after: Some(i64::MAX) },
        ApiCall::SetCredentials { id: id(1), call: id(2), slot, secret },
        ApiCall::Wait { id: id(1), states: vec![JobState::Error, JobState::Transferred] },
        ApiCall::ReadAt { id: id(1), index: 7, position: u64::MAX, waits: true },
        ApiCall::UpdateDownloadPosition { id: id(1), index: 7, position: 1 << 40 },
        ApiCall::NextEvent,
        ApiCall::Forget { ticket: u64::MAX - 1 },
        ApiCall::SetLimits(Limits::default()),
        ApiCall::RateLimits,
        ApiCall::SetRateLimits(RateLimits { download: 1, upload: u64::MAX }),
        ApiCall::TransferWindow,
        ApiCall::SetTransferWindow("Sat,Sun".to_owned()),
        ApiCall::ForgetHistory { id: Some(id(1)) },
        ApiCall::ForgetHistory { id: None },
    ]);
    all
}

fn answers() -> Vec<Answered> {
    let now = Now { monotonic_ms: 1, unix_ms: 2, jitter_permille: 3 };
    let new = NewJob {
        key: None,
        id: id(1),
        display_name: "name".to_owned(),
        job_type: JobType::Download,
        owner: "me".to_owned(),
        queue_position: 4,
    };
    let mut record = JobRecord::new(new, now);
    record.credential_slots.insert((AuthTarget::Proxy, AuthScheme::Digest));
    record.properties.insert(9, PropertyValue::Dword(500));
    let file = FileRecord::new("http://h/".to_owned(), "/x".to_owned(), Vec::new());
    let snapshot = JobSnapshot {
        wait_reason: wait_reason(&record, &Situation::default(), now),
        record,
        bytes_per_second: 1,
        seconds_left: None,
    };
    let ranges = vec![FileRange { initial_offset: 0, length: 9 }];
    let event = Event {
        job: id(1),
        kind: EventKind::FileRangesTransferred,
        file: Some(1),
        error: None,
        ranges,
    };
    let readable = ReadableBytes {
        start: 3,
        end: u64::MAX,
        path: "/x".to_owned(),
        version: 2,
        is_published: false,
    };
    let replies = vec![
        Ok(ApiReply::Done(code::S_FALSE)),
        Ok(ApiReply::Opened { ids: vec![id(1), id(2)], next: Some(2) }),
        Ok(ApiReply::Job(Box::new(snapshot))),
        Ok(ApiReply::File(Box::new(file))),
        Ok(ApiReply::Readable(Box::new(readable))),
        Ok(ApiReply::Event(Box::new(event))),
        Err(Error::new(HResult(-1), "an error")),
    ];
    (1..).zip(replies).collect()
}

#[test]
fn what_comes_out_is_what_went_in() {
    for request in requests() {
        let frame = encode(&CallOut { ticket: 7, request: &request }).expect("a frame");
        let call: CallFrame = decode(&frame[LENGTH_BYTES..]).expect("a call");
        assert_eq!(call.ticket, 7);
        let again = encode(&CallOut { ticket: 7, request: &call.request }).expect("a frame");
        assert_eq!(frame, again);
    }
    for answer in answers() {
        let frame = encode(&answer).expect("a frame");
        let told: Answered = decode(&frame[LENGTH_BYTES..]).expect("an answer");
        assert_eq!(format!("{told:?}"), format!("{answer:?}"));
    }
}

#[test]
fn unknown_fields_of_later_versions_are_passed_over() {
    #[derive(serde::Serialize)]
    struct Later {
        ticket: u64,
        request: ApiCall,
        later: Vec<u8>,
    }
    let later = Later { ticket: 1, request: ApiCall::NextEvent, later: vec![1; 9] };
    let frame = encode(&later).expect("a frame");
    let call: CallFrame = decode(&frame[LENGTH_BYTES..]).expect("a call");
    assert_eq!(call.ticket, 1);
}

#[test]
fn mutated_messages_are_errors_or_messages_and_never_worse() {
    let mut random = fastrand::Rng::with_seed(3);
    let mut frames: Vec<Vec<u8>> = Vec::new();
    for request in requests() {
        frames.push(encode(&CallOut { ticket: 1, request: &request }).expect("a frame"));
    }
    frames.extend(answers().iter().map(|answer| encode(answer).expect("a frame")));
    let (mut good, mut bad) = (0_u32, 0_u32);
    for frame in &frames {
        for _ in 0..MUTATIONS {
            let mut message = frame[LENGTH_BYTES..].to_vec();
            for _ in 0..random.usize(1..5) {
                mutate(&mut message, &mut random);
            }
            for decoded in
                [decode::<CallFrame>(&message).is_ok(), decode::<Answered>(&message).is_ok()]
            {
                good += u32::from(decoded);
                bad += u32::from(!decoded);
            }
        }
    }
    assert!(good > 0 && bad > 0);
}

fn mutate(message: &mut Vec<u8>, random: &mut fastrand::Rng) {
    if message.is_empty() {
        message.push(random.u8(..));
        return;
    }
    let at = random.usize(..message.len());
    match random.u8(0..6) {
        0 => message[at] = random.u8(..),
        1 => message[at] ^= 1 << random.u8(0..8),
        2 => message.truncate(at),
        3 => message.insert(at, random.u8(..)),
        // A length of 4 GiB, of an array, a map or a text.
        4 => {
            let head = [0xdd, 0xdf, 0xdb, 0xc6][random.usize(..4)];
            let end = message.len().min(at + 5);
            message.splice(at..end, [head, 0xff, 0xff, 0xff, 0xff]);
        }
        _ => {
            let other = random.usize(..message.len());
            message.swap(at, other);
        }
    }
}

#[test]
fn deeply_nested_nonsense_does_not_eat_the_stack() {
    let mut message = vec![0x91; 1_000_000];
    message.push(0xc0);
    assert!(decode::<CallFrame>(&message).is_err());
    assert!(decode::<Answered>(&message).is_err());
}

#[test]
fn a_stream_of_any_bytes_ends_in_an_error_and_takes_little_memory() {
    let mut random = fastrand::Rng::with_seed(4);
    for _ in 0..2_000 {
        let bytes: Vec<u8> = (0..random.usize(0..300)).map(|_| random.u8(..)).collect();
        let mut frames = FrameReader::new(Cursor::new(bytes));
        while let Ok(Some(length)) = frames.next(|message| {
            _ = decode::<CallFrame>(message);
            message.len()
        }) {
            assert!(length < 300);
        }
    }
    let mut too_long = FrameReader::new(Cursor::new([0xff; 64]));
    assert!(too_long.next(<[u8]>::to_vec).is_err());
    let mut lie = u32::try_from(FRAME_BYTES_MAX).expect("small").to_le_bytes().to_vec();
    lie.extend([0; 10]);
    assert!(FrameReader::new(Cursor::new(lie)).next(<[u8]>::to_vec).is_err());
    let mut half = FrameReader::new(Cursor::new([1, 0]));
    assert!(half.next(<[u8]>::to_vec).is_err());
    let mut nothing = FrameReader::new(Cursor::new([]));
    assert!(nothing.next(<[u8]>::to_vec).expect("no error").is_none());
}

#[test]
fn a_message_that_is_too_large_is_refused_by_its_sender() {
    let refused = encode(&"x".repeat(FRAME_BYTES_MAX)).expect_err("too large");
    assert_eq!(refused.code, code::E_INVALIDARG);
}

#[test]
fn greetings_are_the_same_bytes_for_ever() {
    let hello = Hello { protocol: 1, wish: Wish::JoinOrReplace, library: "0.1.0".to_owned() };
    assert_eq!(hello.to_bytes(), b"bgcopy\r\n\x01\0\0\0\x01\x050.1.0");
    assert_eq!(Hello::read(&mut Cursor::new(hello.to_bytes())).expect("a greeting"), hello);
    let welcome =
        Welcome { protocol: 2, verdict: code::BGCOPY_E_LINK_VERSION, library: String::new() };
    assert_eq!(welcome.to_bytes(), b"bgcopy\r\n\x02\0\0\0\x22\0\xbc\xa0\0");
    assert_eq!(Welcome::read(&mut Cursor::new(welcome.to_bytes())).expect("a greeting"), welcome);
    assert!(Hello::read(&mut Cursor::new(b"GET / HTTP/1.1\r\n\r\n")).is_err());
}
