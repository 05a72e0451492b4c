//! A client that knows just enough HTTP to see what the server does.

use bgcopy_test_server::Server;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Nothing here takes as long; it only keeps a failed test from hanging.
pub const LONG: Duration = Duration::from_secs(20);

pub struct Client {
    stream: TcpStream,
}

/// An answer whose body was read as its `Content-Length` says.
pub struct Answer {
    pub status: String,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.split("\r\n").skip(1).find_map(|line| {
            let (own, value) = line.split_once(": ")?;
            own.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

impl Client {
    pub fn connect(server: &Server) -> Client {
        let stream = TcpStream::connect(server.address()).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        Client { stream }
    }

    pub fn ask(&mut self, method: &str, path: &str, headers: &[&str]) {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: test\r\n");
        for header in headers {
            head.push_str(header);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        self.stream.write_all(head.as_bytes()).unwrap();
    }

    /// A part of a body.
    pub fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    pub fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        String::from_utf8(head).unwrap()
    }

    pub fn answer(&mut self) -> Answer {
        let mut answer = self.answer_to_head();
        let length = answer.header("Content-Length").unwrap().parse().unwrap();
        answer.body = self.bytes(length);
        answer
    }

    pub fn answer_to_head(&mut self) -> Answer {
        let head = self.head();
        let status = head.split("\r\n").next().unwrap();
        let status = status.trim_start_matches("HTTP/1.1 ").to_owned();
        let body = Vec::new();
        Answer { status, head, body }
    }

    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.stream.read_exact(&mut bytes).unwrap();
        bytes
    }

    /// Everything up to the end of the connection.
    pub fn rest(&mut self) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.stream.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

pub fn get(server: &Server, path: &str, headers: &[&str]) -> Answer {
    let mut client = Client::connect(server);
    client.ask("GET", path, headers);
    client.answer()
}

/// The head and the rest of a connection the server ends.
pub fn get_all(server: &Server, path: &str, headers: &[&str]) -> (String, Vec<u8>) {
    let mut client = Client::connect(server);
    client.ask("GET", path, headers);
    (client.head(), client.rest().unwrap())
}
