//! Scripts, gates, the record of what was seen, and the end of a server.

use crate::client::{Client, LONG, get};
use bgcopy_test_server::{Content, Keeping, Reply, Resource, Server, free_port};
use std::time::{Duration, Instant};

#[test]
fn a_script_is_followed_in_order() {
    let server = Server::start().unwrap();
    let script = vec![Reply::normal().status(503), Reply::normal(), Reply::normal().status(404)];
    let rest = Reply::normal().status(410);
    server.put("/file", Resource::bytes("x").script(script).always(rest));
    let mut client = Client::connect(&server);
    let mut statuses = Vec::new();
    for _ in 0..5 {
        client.ask("GET", "/file", &[]);
        statuses.push(client.answer().status[..3].to_owned());
    }
    assert_eq!(statuses, ["503", "200", "404", "410", "410"]);
    assert_eq!(server.connections_accepted(), 1);
    server.remove("/file");
    assert_eq!(get(&server, "/file", &[]).status, "404 Not Found");
}

#[test]
fn a_gate_holds_the_body() {
    let server = Server::start().unwrap();
    let gate = Reply::normal().gate_after(3);
    server.put("/file", Resource::bytes("0123456789").always(gate));
    let mut client = Client::connect(&server);
    client.ask("GET", "/file", &[]);
    client.head();
    assert_eq!(client.bytes(3), b"012");
    let early = Duration::from_millis(60);
    assert!(!server.wait_until(early, |seen| seen.body_bytes_sent("/file") > 3));
    server.open_gate("/file");
    assert_eq!(client.bytes(7), b"3456789");
    // The gate stays open until the path is put anew.
    assert_eq!(get(&server, "/file", &[]).body.len(), 10);
    let gate = Reply::normal().gate_before_reply();
    server.put("/file", Resource::bytes("new").always(gate));
    client.ask("GET", "/file", &[]);
    assert!(server.wait_until(LONG, |seen| seen.requests_for("/file").len() == 3));
    server.open_gate("/file");
    assert_eq!(client.answer().body, b"new");
}

#[test]
fn a_stalled_reply_ends_when_the_client_leaves() {
    let server = Server::start().unwrap();
    let stall = Reply::normal().stall_after(2);
    server.put("/file", Resource::bytes("0123456789").always(stall));
    let mut client = Client::connect(&server);
    client.ask("GET", "/file", &[]);
    client.head();
    assert_eq!(client.bytes(2), b"01");
    assert_eq!(server.open_connections(), 1);
    drop(client);
    assert!(server.wait_until(LONG, |seen| seen.open_connections() == 0));
    assert_eq!(server.body_bytes_sent("/file"), 2);
}

#[test]
fn connections_can_be_dropped() {
    let server = Server::start().unwrap();
    let stall = Reply::normal().stall_before_reply();
    server.put("/file", Resource::bytes("x").always(stall));
    let mut clients = [Client::connect(&server), Client::connect(&server)];
    clients[0].ask("GET", "/file", &[]);
    assert!(
        server.wait_until(LONG, |seen| {
            seen.open_connections() == 2 && seen.requests().len() == 1
        })
    );
    server.drop_connections();
    for client in &mut clients {
        assert!(client.rest().unwrap().is_empty());
    }
    assert!(server.wait_until(LONG, |seen| seen.open_connections() == 0));
}

#[test]
fn a_resource_can_change_under_a_reply() {
    let server = Server::start().unwrap();
    let old = Content::generated(1, 1 << 20);
    let new = Resource::generated(2, 5).etag("\"new\"");
    let switch = Reply::normal().switch_resource_after(1000, new).gate_after(1000);
    server.put("/file", Resource::new(old.clone()).always(switch));
    let mut client = Client::connect(&server);
    client.ask("GET", "/file", &[]);
    let mut body = {
        client.head();
        client.bytes(1000)
    };
    let answer = get(&server, "/file", &[]);
    assert_eq!(answer.header("ETag"), Some("\"new\""));
    assert_eq!(answer.body.len(), 5);
    server.open_gate("/file");
    body.extend(client.bytes((1 << 20) - 1000));
    assert_eq!(body, old.slice(0..1 << 20));
}

#[test]
fn a_pace_is_kept() {
    let server = Server::start().unwrap();
    let slow = Reply::normal().bytes_per_second(20_000);
    server.put("/file", Resource::generated(1, 6000).always(slow));
    let start = Instant::now();
    assert_eq!(get(&server, "/file", &[]).body.len(), 6000);
    assert!(start.elapsed() >= Duration::from_millis(200));
}

#[test]
fn requests_are_recorded() {
    let server = Server::start().unwrap();
    server.put("/file", Resource::bytes("x"));
    server.put("/file?exact=1", Resource::bytes("exact"));
    assert_eq!(get(&server, "/file?a=b", &["X-One: 1"]).body, b"x");
    assert_eq!(get(&server, "/file?exact=1", &[]).body, b"exact");
    let absolute = "http://elsewhere.test/file";
    assert_eq!(get(&server, absolute, &[]).body, b"x");
    let requests = server.requests_for("/file");
    assert_eq!(requests.len(), 3);
    assert_eq!(requests[0].path, "/file?a=b");
    assert_eq!(requests[0].header("x-one"), Some("1"));
    assert_eq!(requests[2].absolute_target.as_deref(), Some(absolute));
    assert_eq!(server.requests_for("/file?exact=1").len(), 1);
    // A client may have the last bytes before they are counted.
    assert!(server.wait_until(LONG, |seen| seen.body_bytes_sent("/file") == 7));
}

#[test]
fn other_methods_are_refused() {
    let server = Server::start().unwrap();
    server.put("/file", Resource::bytes("x"));
    let mut client = Client::connect(&server);
    client.ask("PUT", "/file", &["Content-Length: 0"]);
    let answer = client.answer();
    assert_eq!(answer.status, "405 Method Not Allowed");
    assert_eq!(answer.header("Allow"), Some("GET, HEAD"));
}

#[test]
fn requests_sent_ahead_are_answered_in_turn() {
    let server = Server::start().unwrap();
    server.put("/a", Resource::bytes("first"));
    server.put("/b", Resource::bytes("second"));
    let mut client = Client::connect(&server);
    client.ask("GET", "/a", &[]);
    client.ask("GET", "/b", &["Connection: close"]);
    assert_eq!(client.answer().body, b"first");
    assert_eq!(client.answer().body, b"second");
    assert!(client.rest().unwrap().is_empty());
}

#[test]
fn a_dropped_server_frees_its_port_and_its_clients() {
    let server = Server::start_on(free_port()).unwrap();
    let stall = Reply::normal().stall_after(1);
    server.put("/file", Resource::generated(1, 1 << 30).always(stall));
    server.put("/unread", Resource::generated(1, 1 << 30));
    let mut held = Client::connect(&server);
    held.ask("GET", "/file", &[]);
    let mut blocked = Client::connect(&server);
    blocked.ask("GET", "/unread", &[]);
    assert!(server.wait_until(LONG, |seen| {
        seen.body_bytes_sent("/file") == 1 && seen.body_bytes_sent("/unread") > 0
    }));
    let address = server.address();
    drop(server);
    assert!(held.rest().is_ok());
    let server = Server::start_on(address.port()).unwrap();
    assert_eq!(server.address(), address);
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn kept_connections_can_be_closed_without_a_word() {
    let server = Server::start().unwrap();
    server.put("/file", Resource::bytes("x"));
    server.keep_connections(Keeping::ClosedBehindAnswer);
    let mut client = Client::connect(&server);
    client.ask("GET", "/file", &[]);
    let answer = client.answer();
    assert_eq!((answer.body.as_slice(), answer.header("Connection")), (&b"x"[..], None));
    assert!(client.rest().unwrap().is_empty());
    for (keeping, is_reset) in [(Keeping::ClosedAtRequest, false), (Keeping::ResetAtRequest, true)]
    {
        server.keep_connections(keeping);
        let mut client = Client::connect(&server);
        client.ask("GET", "/file", &[]);
        assert_eq!(client.answer().body, b"x");
        client.ask("GET", "/file", &[]);
        assert_eq!(client.rest().is_err(), is_reset, "{keeping:?}");
    }
    server.keep_connections(Keeping::Kept);
    let mut client = Client::connect(&server);
    for _ in 0..2 {
        client.ask("GET", "/file", &[]);
        assert_eq!(client.answer().body, b"x");
    }
}
