//! aria2's JSON-RPC, by HTTP and by WebSocket.

mod bench;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::slice::from_ref;
use std::time::Duration;

use bench::{Bench, Running, json_of, wait_until};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::protocol::Role;
use tokio_tungstenite::tungstenite::{Message, WebSocket};

/// Nothing is waited for longer.
const PATIENCE: Duration = Duration::from_secs(60);
/// A download that does not end while a test looks at it.
const SLOW: &str = "/gen/5/50000000?rate=100000";

/// The program that serves.
struct Served {
    running: Running,
    address: SocketAddr,
    secret: Option<&'static str>,
}

impl Served {
    fn start(bench: &Bench, options: &[&str]) -> Self {
        let mut running = bench.start(&[&["serve", "--rpc", "0"], options].concat());
        let mut lines = BufReader::new(running.stdout()).lines().map(|line| line.expect("a line"));
        let line = lines.find(|line| line.starts_with("JSON-RPC at ")).expect("it serves");
        let url = line.split(['/', ' ']).find(|part| part.starts_with("127.")).expect("an address");
        Self { running, address: url.parse().expect("an address"), secret: None }
    }

    /// The status and the body that a request gets.
    fn send(&self, head: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("set");
        let length = body.len();
        let request =
            format!("{head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        (head[9..12].parse().expect("a status"), body.to_owned())
    }

    fn post(&self, headers: &str, body: &Value) -> (u16, String) {
        self.send(&format!("POST /jsonrpc HTTP/1.1\r\n{headers}"), &body.to_string())
    }

    /// What a call gets.
    fn answer(&self, method: &str, params: &[Value]) -> Value {
        let secret = self.secret.map(|secret| json!(format!("token:{secret}")));
        let params: Vec<_> = secret.iter().chain(params).collect();
        let call = json!({ "jsonrpc": "2.0", "id": "i", "method": method, "params": params });
        json_of(&self.post("Host: localhost", &call).1)
    }

    /// The result of a call that must not fail.
    fn call(&self, method: &str, params: &[Value]) -> Value {
        let answer = self.answer(method, params);
        assert!(answer["error"].is_null(), "{method} {params:?}: {answer}");
        answer["result"].clone()
    }

    /// The message of a call that must fail.
    fn refusal(&self, method: &str, params: &[Value]) -> String {
        let answer = self.answer(method, params);
        assert_eq!(answer["error"]["code"], 1, "{method} {params:?}: {answer}");
        answer["error"]["message"].as_str().expect("a message").to_owned()
    }

    fn add(&self, url: &str, options: Value) -> Value {
        self.call("aria2.addUri", &[json!([url]), options])
    }

    fn wait_for(&self, gid: &Value, status: &str) -> Value {
        let mut seen = Value::Null;
        wait_until(&format!("{gid} is {status}"), || {
            seen = self.call("aria2.tellStatus", from_ref(gid));
            seen["status"] == status
        });
        seen
    }

    fn websocket(&self, headers: &str) -> WebSocket<TcpStream> {
        let mut stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("set");
        let request = format!(
            "GET /jsonrpc HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
        );
        stream.write_all(request.as_bytes()).expect("sent");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).expect("a head");
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).expect("a text");
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        // The example of RFC 6455.
        assert!(head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{head}");
        WebSocket::from_raw_socket(stream, Role::Client, None)
    }
}

/// The next message by WebSocket.
fn next(socket: &mut WebSocket<TcpStream>) -> Value {
    loop {
        if let Message::Text(text) = socket.read().expect("a message") {
            return json_of(&text);
        }
    }
}

fn say(socket: &mut WebSocket<TcpStream>, method: &str, params: Value) {
    let call = json!({ "jsonrpc": "2.0", "id": "i", "method": method, "params": params });
    socket.send(Message::text(call.to_string())).expect("sent");
}

/// The next answer, and the notifications before it are put down.
fn answered(socket: &mut WebSocket<TcpStream>, notifications: &mut Vec<Value>) -> Value {
    loop {
        let message = next(socket);
        if message["method"].is_null() {
            return message;
        }
        notifications.push(message);
    }
}

fn texts(value: &Value, key: &str) -> Vec<String> {
    let texts = value.as_array().expect("an array").iter();
    texts.map(|one| one[key].as_str().expect("a text").to_owned()).collect()
}

#[test]
fn a_download_is_added_put_in_place_and_remembered() {
    let bench = Bench::new();
    let served = Served::start(&bench, &[]);
    let gid = served.add(&bench.url("/gen/1/5000"), json!({ "out": "sub/file" }));
    let seen = served.wait_for(&gid, "complete");
    assert_eq!(bench.content("sub/file"), Bench::generated(1, 5000));
    assert_eq!((&seen["totalLength"], &seen["completedLength"]), (&json!("5000"), &json!("5000")));
    assert_eq!(seen["errorCode"], "0");
    let keys = served.call("aria2.tellStatus", &[gid.clone(), json!(["gid", "none"])]);
    assert_eq!(keys, json!({ "gid": gid }));
    let stopped = served.call("aria2.tellStopped", &[json!(0), json!(10), json!(["gid"])]);
    assert_eq!(stopped, json!([{ "gid": gid }]));
    assert_eq!(served.call("aria2.getUris", from_ref(&gid))[0]["uri"], bench.url("/gen/1/5000"));
    served.call("aria2.removeDownloadResult", from_ref(&gid));
    let why = served.refusal("aria2.tellStatus", from_ref(&gid));
    assert_eq!(why, format!("GID {} is not found", gid.as_str().expect("a text")));
}

#[test]
fn a_download_is_stored_before_the_answer_and_keeps_its_gid_after_a_kill() {
    let bench = Bench::new();
    let served = Served::start(&bench, &[]);
    let gid = served.add(&bench.url(SLOW), json!({ "pause": "true", "max-download-limit": "1M" }));
    served.running.send("KILL");
    let served = Served::start(&bench, &[]);
    assert_eq!(served.call("aria2.tellStatus", from_ref(&gid))["status"], "paused");
    assert_eq!(served.call("aria2.getOption", from_ref(&gid))["max-download-limit"], "1048576");
    let waiting = served.call("aria2.tellWaiting", &[json!(0), json!(10), json!(["gid"])]);
    assert_eq!(waiting, json!([{ "gid": gid }]));
    served.call("aria2.unpause", from_ref(&gid));
    served.wait_for(&gid, "active");
    assert_eq!(served.call("aria2.tellActive", &[json!(["gid"])]), json!([{ "gid": gid }]));
    assert_eq!(served.call("aria2.getGlobalStat", &[])["numActive"], "1");
    served.call("aria2.remove", from_ref(&gid));
    assert_eq!(served.call("aria2.tellStatus", &[gid])["status"], "removed");
    assert_eq!(bench.run(&["list"]).stdout, "");
}

#[test]
fn notifications_come_by_websocket() {
    let mut bench = Bench::new();
    bench.set("BGCOPY_RPC_SECRET", "open sesame");
    let mut served = Served::start(&bench, &[]);
    served.secret = Some("open sesame");
    let mut socket = served.websocket("");
    say(&mut socket, "aria2.getVersion", json!(["token:wrong"]));
    assert_eq!(next(&mut socket)["error"]["message"], "Unauthorized");
    say(&mut socket, "aria2.getVersion", json!(["token:open sesame"]));
    assert!(next(&mut socket)["result"]["version"].is_string());

    let mut notifications = Vec::new();
    let slow = json!(["token:open sesame", [bench.url(SLOW)]]);
    say(&mut socket, "aria2.addUri", slow);
    let gid = answered(&mut socket, &mut notifications)["result"].clone();
    let mut expect = |socket: &mut WebSocket<TcpStream>, method: &str, gid: &Value| {
        let message = if notifications.is_empty() { next(socket) } else { notifications.remove(0) };
        let expected = json!({ "jsonrpc": "2.0", "method": method, "params": [{ "gid": gid }] });
        assert_eq!(message, expected);
    };
    expect(&mut socket, "aria2.onDownloadStart", &gid);
    served.call("aria2.pause", from_ref(&gid));
    expect(&mut socket, "aria2.onDownloadPause", &gid);
    served.call("aria2.unpause", from_ref(&gid));
    expect(&mut socket, "aria2.onDownloadStart", &gid);
    served.call("aria2.remove", from_ref(&gid));
    expect(&mut socket, "aria2.onDownloadStop", &gid);
    let quick = served.add(&bench.url("/gen/1/10"), json!({}));
    expect(&mut socket, "aria2.onDownloadStart", &quick);
    expect(&mut socket, "aria2.onDownloadComplete", &quick);
    let missing = served.add(&bench.url("/none"), json!({}));
    let mut last = next(&mut socket);
    if last["method"] == "aria2.onDownloadStart" {
        last = next(&mut socket);
    }
    assert_eq!(
        (&last["method"], &last["params"][0]["gid"]),
        (&json!("aria2.onDownloadError"), &missing)
    );
}

#[test]
fn strangers_are_refused() {
    let mut bench = Bench::new();
    let version = json!({ "jsonrpc": "2.0", "id": 1, "method": "aria2.getVersion" });
    let out = bench.run(&["serve", "--rpc", "0.0.0.0:0"]);
    assert_eq!(out.code, 2, "{out:?}");
    assert!(out.stderr.contains("needs a secret"), "{out:?}");
    assert_eq!(bench.run(&["serve", "--rpc", "0", "--rpc-origin", "http://page"]).code, 2);

    let served = Served::start(&bench, &[]);
    assert_eq!(served.post("Host: localhost", &version).0, 200);
    assert_eq!(served.post("Host: evil.example", &version).0, 403, "a name that leads here");
    let origin = |origin: &str| format!("Host: localhost:1\r\nOrigin: {origin}");
    assert_eq!(served.post(&origin("http://evil.example"), &version).0, 403);
    assert_eq!(served.post(&origin("http://localhost:1"), &version).0, 200);
    let get = |path: &str| served.send(&format!("GET {path} HTTP/1.1\r\nHost: localhost"), "").0;
    assert_eq!((get("/"), get("/page.js"), get("/none"), get("/jsonrpc")), (200, 200, 404, 405));
    let large = format!("\"{}\"", "x".repeat(3 << 20));
    assert_eq!(served.send("POST /jsonrpc HTTP/1.1\r\nHost: localhost", &large).0, 413);
    drop(served);

    fs::write(bench.path("secret"), "s\nnot this\n").expect("written");
    bench.set("BGCOPY_RPC_SECRET", "not this");
    let options = ["--rpc-secret-file", "secret", "--rpc-origin", "http://page"];
    let mut served = Served::start(&bench, &options);
    assert_eq!(served.refusal("aria2.getVersion", &[]), "Unauthorized");
    assert_eq!(served.post("Host: box.example", &version).0, 400, "the secret is enough");
    let foreign = served.post(&origin("http://page"), &version);
    assert_eq!(foreign.0, 400, "it may ask, and has no secret");
    assert_eq!(served.post(&origin("http://other"), &version).0, 403);
    served.secret = Some("s");
    served.call("aria2.getVersion", &[]);
    let batch = json!([{ "methodName": "aria2.getVersion", "params": ["token:s"] },
                       { "methodName": "aria2.getVersion", "params": ["token:x"] }]);
    let results = served.call("system.multicall", &[batch]);
    assert!(results[0][0]["version"].is_string(), "{results}");
    assert_eq!(results[1]["message"], "Unauthorized");
}

#[test]
fn downloads_stay_in_the_folder_and_replace_nothing() {
    let bench = Bench::new();
    let served = Served::start(&bench, &["--rpc-dir", "down"]);
    let url = bench.url("/gen/1/10");
    let add = "aria2.addUri";
    for (options, named) in [
        (json!({ "dir": "/tmp" }), "dir: "),
        (json!({ "out": "../x" }), "out: "),
        (json!({ "bt-tracker": "x" }), "bt-tracker: the option is not supported"),
        (json!({ "header": "Range: bytes=0-1" }), ""),
    ] {
        let why = served.refusal(add, &[json!([url]), options.clone()]);
        assert!(why.starts_with(named), "{options}: {why}");
    }
    for uris in
        [json!([]), json!([url, "http://other/"]), json!(["file:///etc/passwd"]), json!("x")]
    {
        served.refusal(add, &[uris]);
    }
    served.refusal(add, &[json!([url]), json!({}), json!(0)]);
    assert_eq!(bench.run(&["list"]).stdout, "", "nothing of that is in the queue");

    fs::write(bench.path("down/10"), "mine").expect("written");
    let gids = [served.add(&url, json!({})), served.add(&url, json!({}))];
    for gid in &gids {
        served.wait_for(gid, "complete");
    }
    assert_eq!(bench.content("down/10"), b"mine");
    for name in ["down/10.1", "down/10.2"] {
        assert_eq!(bench.content(name), Bench::generated(1, 10), "{name}");
    }
    let no_renaming = json!({ "auto-file-renaming": "false" });
    assert!(served.refusal(add, &[json!([url]), no_renaming]).ends_with("exists already"));
    let gid = served.add(&url, json!({ "allow-overwrite": "true" }));
    served.wait_for(&gid, "complete");
    assert_eq!(bench.content("down/10"), Bench::generated(1, 10));

    // A file that comes while the download is under way.
    let gid = served.add(&bench.url("/gen/2/20"), json!({ "pause": "true" }));
    fs::write(bench.path("down/20"), "mine").expect("written");
    served.call("aria2.unpause", from_ref(&gid));
    let seen = served.wait_for(&gid, "error");
    assert_eq!(seen["errorCode"], "13");
    assert_eq!(bench.content("down/20"), b"mine");
    fs::remove_file(bench.path("down/20")).expect("removed");
    served.call("aria2.unpause", from_ref(&gid));
    served.wait_for(&gid, "complete");
    assert_eq!(bench.content("down/20"), Bench::generated(2, 20));
}

#[test]
fn the_queue_is_controlled_and_other_jobs_stay_their_owners() {
    let bench = Bench::new();
    let served = Served::start(&bench, &[]);
    let own = served.add(&bench.url(SLOW), json!({}));
    bench.run(&["add", &bench.url("/gen/3/30"), "theirs"]);
    let count = |method: &str| {
        served.call(method, &[json!(0), json!(10), json!(["status"])]).as_array().map(Vec::len)
    };
    served.wait_for(&own, "active");
    wait_until("the other is here", || bench.run(&["list"]).stdout.contains("TRANSFERRED"));
    assert_eq!(count("aria2.tellWaiting"), Some(1));
    assert!(!bench.path("theirs").exists(), "who added it puts it in place");

    served.call("aria2.changeGlobalOption", &[json!({ "max-overall-download-limit": "5K" })]);
    let options = served.call("aria2.getGlobalOption", &[]);
    assert_eq!(options["max-overall-download-limit"], "5120");
    assert!(bench.run(&["limit"]).stdout.contains("5.00 KiB/s"));
    served.refusal("aria2.changeGlobalOption", &[json!({ "dir": "/" })]);
    served.call("aria2.changeOption", &[own.clone(), json!({ "max-download-limit": "7" })]);
    assert_eq!(served.call("aria2.getOption", from_ref(&own))["max-download-limit"], "7");
    served.refusal("aria2.changeOption", &[own.clone(), json!({ "out": "x" })]);

    served.call("aria2.pauseAll", &[]);
    assert_eq!(served.call("aria2.tellStatus", from_ref(&own))["status"], "paused");
    served.call("aria2.unpauseAll", &[]);
    served.wait_for(&own, "active");
    served.refusal("aria2.removeDownloadResult", &[own]);

    let missing = served.add(&bench.url("/none"), json!({}));
    assert_eq!(served.wait_for(&missing, "error")["errorCode"], "3");
    assert_eq!(count("aria2.tellStopped"), Some(1));
    served.call("aria2.purgeDownloadResult", &[]);
    assert_eq!(count("aria2.tellStopped"), Some(0));

    assert!(served.refusal("aria2.addTorrent", &[json!("")]).contains("not supported"));
    assert_eq!(served.refusal("aria2.x", &[]), "No such method: aria2.x");
    let methods = served.call("system.listMethods", &[]);
    assert!(methods.as_array().is_some_and(|all| all.contains(&json!("system.multicall"))));
    assert_eq!(texts(&served.call("aria2.tellActive", &[]), "status"), ["active"]);
    served.call("aria2.saveSession", &[]);
    served.call("aria2.shutdown", &[]);
    assert_eq!(served.running.end().code, 0);
}
