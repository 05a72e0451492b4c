//! Ranges, validators and what a reply can do to them.

use crate::client::{Client, LONG, get};
use bgcopy_test_server::{Content, Reply, Resource, Server};

const LENGTH: u64 = 1000;

fn content() -> Content {
    Content::generated(1, LENGTH)
}

fn server(resource: Resource) -> Server {
    let server = Server::start().unwrap();
    server.put("/file", resource);
    server
}

fn always(reply: Reply) -> Server {
    server(Resource::new(content()).always(reply))
}

#[test]
fn a_plain_request_gets_the_whole_content() {
    let server = server(Resource::new(content()).etag("\"v1\""));
    let answer = get(&server, "/file", &[]);
    assert_eq!(answer.status, "200 OK");
    assert_eq!(answer.header("Accept-Ranges"), Some("bytes"));
    assert_eq!(answer.header("ETag"), Some("\"v1\""));
    assert!(answer.header("Last-Modified").is_some());
    assert!(answer.header("Date").is_some());
    assert_eq!(answer.body, content().slice(0..LENGTH));
    // They are counted when they have gone, which their reader may be ahead of.
    assert!(server.wait_until(LONG, |seen| seen.body_bytes_sent("/file") == LENGTH));
}

#[test]
fn ranges_are_served() {
    let server = always(Reply::normal());
    let cases = [
        ("bytes=10-19", 10..20, "bytes 10-19/1000"),
        ("bytes=990-", 990..1000, "bytes 990-999/1000"),
        ("bytes=-5", 995..1000, "bytes 995-999/1000"),
        ("bytes=900-5000", 900..1000, "bytes 900-999/1000"),
    ];
    for (range, bytes, told) in cases {
        let answer = get(&server, "/file", &[&format!("Range: {range}")]);
        assert_eq!(answer.status, "206 Partial Content");
        assert_eq!(answer.header("Content-Range"), Some(told));
        assert_eq!(answer.body, content().slice(bytes));
    }
    let answer = get(&server, "/file", &["Range: bytes=1000-"]);
    assert_eq!(answer.status, "416 Range Not Satisfiable");
    assert_eq!(answer.header("Content-Range"), Some("bytes */1000"));
    assert_eq!(get(&server, "/file", &["Range: bytes=9-1"]).status, "200 OK");
    let ranges: Vec<_> = server.requests().iter().map(|one| one.range).collect();
    assert_eq!(ranges[..3], [Some((10, Some(19))), Some((990, None)), None]);
}

#[test]
fn if_range_decides_between_part_and_whole() {
    let date = "Wed, 01 Jan 2020 00:00:00 GMT";
    let server = server(Resource::new(content()).etag("\"v1\"").last_modified(date));
    let expect = |value: &str, status: &str| {
        let if_range = format!("If-Range: {value}");
        let answer = get(&server, "/file", &["Range: bytes=5-", &if_range]);
        assert_eq!(answer.status, status, "{value}");
    };
    expect("\"v1\"", "206 Partial Content");
    expect("\"v2\"", "200 OK");
    expect("W/\"v1\"", "200 OK");
    expect(date, "206 Partial Content");
    expect("Wed, 01 Jan 2020 00:00:01 GMT", "200 OK");
    server.put("/file", Resource::new(content()).etag("W/\"v1\""));
    expect("W/\"v1\"", "200 OK");
    let reply = Reply::normal().ignore_if_range();
    server.put("/file", Resource::new(content()).always(reply));
    expect("\"other\"", "206 Partial Content");
}

#[test]
fn head_ignores_ranges_and_may_be_refused() {
    let server = always(Reply::normal());
    let mut client = Client::connect(&server);
    client.ask("HEAD", "/file", &["Range: bytes=5-9"]);
    let answer = client.answer_to_head();
    assert_eq!(answer.status, "200 OK");
    assert_eq!(answer.header("Content-Length"), Some("1000"));
    server.put("/file", Resource::new(content()).head_status(403));
    client.ask("HEAD", "/file", &[]);
    assert_eq!(client.answer_to_head().status, "403 Forbidden");
    client.ask("GET", "/file", &[]);
    assert_eq!(client.answer().status, "200 OK");
    assert_eq!(server.connections_accepted(), 1);
}

#[test]
fn a_range_can_be_ignored_moved_or_shortened() {
    let ask = |reply: Reply| get(&always(reply), "/file", &["Range: bytes=100-199"]);

    let answer = ask(Reply::normal().ignore_range());
    assert_eq!(answer.status, "200 OK");
    assert_eq!(answer.body.len(), 1000);

    let answer = ask(Reply::normal().range_start_shift(-50));
    assert_eq!(answer.header("Content-Range"), Some("bytes 50-199/1000"));
    assert_eq!(answer.body, content().slice(50..200));

    let answer = ask(Reply::normal().range_shorter_by(10));
    assert_eq!(answer.header("Content-Range"), Some("bytes 100-189/1000"));
    assert_eq!(answer.body, content().slice(100..190));
}

#[test]
fn content_range_can_lie() {
    let ask = |reply: Reply| get(&always(reply), "/file", &["Range: bytes=100-199"]);

    let answer = ask(Reply::normal().content_range("bytes 7-8/9"));
    assert_eq!(answer.header("Content-Range"), Some("bytes 7-8/9"));
    assert_eq!(answer.body, content().slice(100..200));

    let answer = ask(Reply::normal().no_content_range());
    assert_eq!(answer.status, "206 Partial Content");
    assert_eq!(answer.header("Content-Range"), None);

    let answer = ask(Reply::normal().content_range_total(5));
    assert_eq!(answer.header("Content-Range"), Some("bytes 100-199/5"));
    let answer = ask(Reply::normal().content_range_total_unknown());
    assert_eq!(answer.header("Content-Range"), Some("bytes 100-199/*"));
}

#[test]
fn ranges_can_come_in_several_parts() {
    let server = always(Reply::normal().multipart());
    let answer = get(&server, "/file", &["Range: bytes=1-2,-1"]);
    assert_eq!(answer.status, "206 Partial Content");
    assert_eq!(answer.header("Content-Range"), None);
    let media_type = answer.header("Content-Type").unwrap();
    let boundary = media_type.strip_prefix("multipart/byteranges; boundary=").unwrap();
    let mut expected = Vec::new();
    for (place, bytes) in [("1-2", 1..3), ("999-999", 999..1000)] {
        let head = format!(
            "--{boundary}\r\nContent-Type: application/octet-stream\r\n\
             Content-Range: bytes {place}/1000\r\n\r\n"
        );
        expected.extend(head.into_bytes());
        expected.extend(content().slice(bytes));
        expected.extend(b"\r\n");
    }
    expected.extend(format!("--{boundary}--\r\n").into_bytes());
    assert_eq!(answer.body, expected);
}

#[test]
fn generated_paths_are_served_when_wanted() {
    let server = Server::start().unwrap();
    assert_eq!(get(&server, "/gen/4/50", &[]).status, "404 Not Found");
    server.serve_generated();
    let answer = get(&server, "/gen/4/50?etag=v9&norange=1", &["Range: bytes=3-"]);
    assert_eq!(answer.status, "200 OK");
    assert_eq!(answer.header("ETag"), Some("\"v9\""));
    assert_eq!(answer.header("Accept-Ranges"), None);
    assert_eq!(answer.body, Content::generated(4, 50).slice(0..50));
    assert_eq!(server.requests_for("/gen/4/50").len(), 2);
}
