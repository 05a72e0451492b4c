//! A real server for S3: moto, on the port BGCOPY_MOTO_PORT.
//!
//! `tests/run` installs and starts it. It checks no signatures; the strict
//! server of the other tests does.

mod common;

use std::io::{Read, Write};
use std::net::TcpStream;

use bgcopy_core::{
    AuthScheme, AuthTarget, Job, JobState, JobType, PropertyValue, UploadProtocol, WaitKind,
};
use bgcopy_test_server::Content;

use common::{Bench, PATIENCE, kind, stopped};

/// The job property UPLOAD_PROTOCOL.
const UPLOAD_PROTOCOL: u32 = 0x1001;

/// Three parts of 8 MiB, the last of which is short.
const LENGTH: u64 = (20 << 20) + 7;

fn port() -> u16 {
    let text = std::env::var("BGCOPY_MOTO_PORT").expect("tests/run sets BGCOPY_MOTO_PORT");
    text.parse().expect("a port")
}

/// moto looks at the name of a key, and at nothing else of a signature.
const SIGNED: &str =
    "Authorization: AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/s3/aws4_request";

/// What the server answers: the status line and headers, and the body.
fn ask(method: &str, path: &str) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(("127.0.0.1", port())).expect("moto listens");
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{SIGNED}\r\nContent-Length: 0\r\n\
         Connection: close\r\n\r\n",
        port()
    );
    stream.write_all(head.as_bytes()).expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("answered");
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
    let body = answer.split_off(end + 4);
    (String::from_utf8_lossy(&answer).into_owned(), body)
}

/// A bucket that no run before this one used.
fn bucket(name: &str) -> String {
    format!("{name}-{}", std::process::id())
}

fn job(bench: &Bench, bucket: &str, name: &str, content: &Content) -> Job {
    let (head, _) = ask("PUT", &format!("/{bucket}"));
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let source = bench.source(name, content);
    let job = bench.manager.create_job("moto", JobType::Upload).expect("a job");
    let url = format!("http://127.0.0.1:{}/{bucket}/{name}", port());
    job.add_file(&url, &source).expect("a file");
    let value = PropertyValue::Dword(UploadProtocol::S3.as_u32());
    job.set_property(UPLOAD_PROTOCOL, value).expect("set");
    job.set_credentials(AuthTarget::Server, AuthScheme::Basic, "key", "secret").expect("set");
    job
}

fn must_hold(path: &str, content: &Content) {
    let (head, body) = ask("GET", path);
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(body == content.slice(0..content.len()), "the bytes");
}

fn unfinished(bucket: &str) -> usize {
    let (_, body) = ask("GET", &format!("/{bucket}?uploads"));
    String::from_utf8_lossy(&body).matches("<Upload>").count()
}

#[test]
#[ignore = "needs moto"]
fn files_of_every_size_arrive() {
    let bucket = bucket("sizes");
    for (name, length) in [("empty", 0), ("small", 4096), ("large", LENGTH)] {
        let bench = Bench::new();
        let content = Content::generated(1, length);
        let job = job(&bench, &bucket, name, &content);
        assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
        must_hold(&format!("/{bucket}/{name}"), &content);
        assert_eq!(unfinished(&bucket), 0);
    }
}

#[test]
#[ignore = "needs moto"]
fn an_upload_goes_on_after_a_restart() {
    let mut bench = Bench::new();
    let content = Content::generated(2, 4 * LENGTH);
    let bucket = bucket("restart");
    let job = job(&bench, &bucket, "file", &content);
    let id = job.id();
    job.resume().expect("resumed");
    common::wait_for_bytes(&job, 8 << 20);
    drop(job);
    bench.manager.close();
    bench.manager = common::open(bench.folder.path());
    let job = bench.manager.get_job(id).expect("the job");
    assert!(job.progress().expect("progress").bytes_transferred >= 8 << 20);
    job.set_credentials(AuthTarget::Server, AuthScheme::Basic, "key", "secret").expect("set");
    let mut state = stopped(&job);
    // moto reads the bytes of a part for its ETag without a lock. The list that is
    // asked for here may be made while a part is stored whose sender is gone: then
    // one of the two gets a wrong ETag, the end is refused with InvalidPart, and
    // the parts are listed again.
    for _ in 0..3 {
        if state == JobState::TransientError {
            job.resume().expect("resumed");
            state = stopped(&job);
        }
    }
    assert_eq!(state, JobState::Transferred, "{:?}", job.error());
    must_hold(&format!("/{bucket}/file"), &content);
    assert_eq!(unfinished(&bucket), 0);
}

#[test]
#[ignore = "needs moto"]
fn a_cancelled_upload_leaves_nothing() {
    let bench = Bench::new();
    let content = Content::generated(3, 4 * LENGTH);
    let bucket = bucket("cancel");
    let job = job(&bench, &bucket, "file", &content);
    job.resume().expect("resumed");
    common::wait_for_bytes(&job, 8 << 20);
    assert_eq!(unfinished(&bucket), 1);
    job.cancel().expect("cancelled");
    let start = std::time::Instant::now();
    while kind(&job) != WaitKind::Finished {
        assert!(start.elapsed() < PATIENCE, "{:?}", job.wait_reason());
        // Only the time passes: the state is final already.
        _ = job.wait(&[JobState::Queued], Some(std::time::Duration::from_millis(5)));
    }
    assert_eq!(unfinished(&bucket), 0);
    assert!(ask("HEAD", &format!("/{bucket}/file")).0.starts_with("HTTP/1.1 404"));
}
