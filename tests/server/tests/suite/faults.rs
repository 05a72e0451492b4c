//! Faults of framing and delivery.

use crate::client::{Client, get, get_all};
use bgcopy_test_server::{Content, Reply, Resource, Server};
use std::io::ErrorKind;

fn always(reply: Reply) -> Server {
    let server = Server::start().unwrap();
    server.put("/file", Resource::bytes("0123456789").always(reply));
    server
}

fn all(reply: Reply) -> (String, String) {
    let (head, body) = get_all(&always(reply), "/file", &["Connection: close"]);
    (head, String::from_utf8(body).unwrap())
}

#[test]
fn chunks_with_trailers() {
    let trailer = ("X-Sum".to_owned(), "7".to_owned());
    let (head, body) = all(Reply::normal().trailers(vec![trailer]));
    assert!(head.contains("Transfer-Encoding: chunked\r\n"));
    assert!(head.contains("Trailer: X-Sum\r\n"));
    assert!(!head.contains("Content-Length"));
    assert_eq!(body, "a\r\n0123456789\r\n0\r\nX-Sum: 7\r\n\r\n");
}

#[test]
fn chunks_keep_the_connection() {
    let server = always(Reply::normal().chunked());
    let mut client = Client::connect(&server);
    for _ in 0..2 {
        client.ask("GET", "/file", &[]);
        client.head();
        assert_eq!(client.bytes(20), b"a\r\n0123456789\r\n0\r\n\r\n");
    }
}

#[test]
fn chunks_can_be_cut() {
    let (_, body) = all(Reply::normal().chunked_cut_after(4));
    assert_eq!(body, "4\r\n0123\r\n");
    let (_, body) = all(Reply::normal().chunked_cut_after(99));
    assert_eq!(body, "a\r\n0123456789\r\n");
}

#[test]
fn framing_can_lie() {
    let (head, body) = all(Reply::normal().content_length("-1"));
    assert!(head.contains("Content-Length: -1\r\n"));
    assert_eq!(body, "0123456789");

    let (head, _) = all(Reply::normal().duplicate_content_length("99"));
    assert!(head.contains("Content-Length: 10\r\nContent-Length: 99\r\n"));

    let (head, body) = all(Reply::normal().chunked_with_content_length());
    assert!(head.contains("Content-Length: 10\r\nTransfer-Encoding: chunked\r\n"));
    assert!(body.ends_with("\r\n0\r\n\r\n"));
}

#[test]
fn the_connection_can_end_the_body() {
    let server = always(Reply::normal().no_content_length());
    let (head, body) = get_all(&server, "/file", &[]);
    assert!(!head.contains("Content-Length"));
    assert!(head.contains("Connection: close\r\n"));
    assert_eq!(body, b"0123456789");
    let server = always(Reply::normal().content_length("99"));
    assert_eq!(get_all(&server, "/file", &[]).1, b"0123456789");
}

#[test]
fn a_cut_delivers_what_was_sent() {
    let length = 3 << 20;
    let server = Server::start().unwrap();
    let cut = Reply::normal().cut_after(1_234_567);
    server.put("/big", Resource::generated(2, length).script(vec![cut]));
    let (head, body) = get_all(&server, "/big", &[]);
    assert!(head.contains(&format!("Content-Length: {length}\r\n")));
    assert_eq!(body, Content::generated(2, length).slice(0..1_234_567));
    assert_eq!(server.body_bytes_sent("/big"), 1_234_567);
}

#[test]
fn a_reset_is_an_error_to_the_client() {
    for reply in [
        Reply::normal().reset_after(4),
        Reply::normal().reset_after_head(),
        Reply::normal().reset_before_reply(),
    ] {
        let server = always(reply);
        let mut client = Client::connect(&server);
        client.ask("GET", "/file", &[]);
        let error = client.rest().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }
}

#[test]
fn an_answer_can_be_missing_or_bare() {
    for (reply, expected) in
        [(Reply::normal().close_before_reply(), ""), (Reply::normal().no_head(), "0123456789")]
    {
        let server = always(reply);
        let mut client = Client::connect(&server);
        client.ask("GET", "/file", &[]);
        assert_eq!(client.rest().unwrap(), expected.as_bytes());
    }
}

#[test]
fn heads_can_be_changed() {
    let reply = Reply::normal()
        .informational_with(103, &[("Link", "</style>")])
        .status_line("HTTP/1.1 1234 Odd")
        .header("X-Odd", *b"a\tb")
        .without_header("ETag")
        .replace_header("Last-Modified", "never")
        .huge_header(100_000);
    let server = always(reply);
    let mut client = Client::connect(&server);
    client.ask("GET", "/file", &[]);
    let interim = client.head();
    assert_eq!(interim, "HTTP/1.1 103 Early Hints\r\nLink: </style>\r\n\r\n");
    let answer = client.answer();
    assert_eq!(answer.status, "1234 Odd");
    assert_eq!(answer.header("X-Odd"), Some("a\tb"));
    assert_eq!(answer.header("ETag"), None);
    assert_eq!(answer.header("Last-Modified"), Some("never"));
    assert_eq!(answer.header("X-Filler").unwrap().len(), 100_000);
}

#[test]
fn other_statuses_have_a_short_body() {
    let answer = get(&always(Reply::normal().status(503).retry_after("7")), "/file", &[]);
    assert_eq!(answer.status, "503 Service Unavailable");
    assert_eq!(answer.header("Retry-After"), Some("7"));
    assert_eq!(answer.header("ETag"), None);
    let answer = get(&always(Reply::normal().redirect(302, "../x")), "/file", &[]);
    assert_eq!(answer.header("Location"), Some("../x"));
    let page = Reply::normal().status(502).body("<html>");
    assert_eq!(get(&always(page), "/file", &[]).body, b"<html>");
    let (head, body) = all(Reply::normal().status(204));
    assert!(!head.contains("Content-Length"));
    assert_eq!(body, "");
}

#[test]
fn credentials_are_checked() {
    let server = always(Reply::normal().require_basic("Aladdin", "open sesame"));
    let answer = get(&server, "/file", &[]);
    assert_eq!(answer.status, "401 Unauthorized");
    assert_eq!(answer.header("WWW-Authenticate"), Some("Basic realm=\"bgcopy\""));
    let given = "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";
    assert_eq!(get(&server, "/file", &[given]).status, "200 OK");
    let server = always(Reply::normal().require_proxy_basic("a", "b"));
    let answer = get(&server, "http://elsewhere/file", &[]);
    assert_eq!(answer.status, "407 Proxy Authentication Required");
    assert!(answer.header("Proxy-Authenticate").is_some());
}

#[test]
fn gzip_bodies_say_so() {
    let answer = get(&always(Reply::normal().gzip_body()), "/file", &[]);
    assert_eq!(answer.header("Content-Encoding"), Some("gzip"));
    assert_eq!(answer.body[..3], [0x1F, 0x8B, 8]);
    assert_eq!(answer.body[15..25], *b"0123456789");
}
