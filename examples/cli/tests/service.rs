//! `serve` under a service manager.
#![cfg(unix)]

mod bench;

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use bench::Bench;

/// Nothing here takes as long as this unless something is wrong.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn systemd_is_notified_when_the_queue_is_open_and_when_it_closes() {
    let mut bench = Bench::new();
    let path = bench.path("notify");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    socket.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let notified = || {
        let mut buffer = [0; 100];
        let length = socket.recv(&mut buffer).expect("a message");
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    };
    bench.set("NOTIFY_SOCKET", &path.display().to_string());
    let serve = bench.start(&["serve"]);
    assert_eq!(notified(), "READY=1\n");
    assert!(bench.store().join("engine.sock").exists(), "others can join it");
    serve.send("TERM");
    assert_eq!(notified(), "STOPPING=1\n");
    let out = serve.end();
    assert_eq!((out.code, out.stderr.as_str()), (0, ""));
    // No other command has such news.
    assert_eq!(bench.run(&["run"]).code, 0);
    socket.set_nonblocking(true).expect("a socket");
    assert!(socket.recv(&mut [0; 100]).is_err());
}

#[test]
fn service_manager_that_is_not_there_stops_no_transfer() {
    let mut bench = Bench::new();
    bench.set("NOTIFY_SOCKET", &bench.path("missing").display().to_string());
    assert_eq!(bench.run(&["add", &bench.url("/gen/1/5"), "x"]).code, 0);
    let out = bench.run(&["serve", "--idle-exit", "0"]);
    assert_eq!(out.code, 0, "{out:?}");
    assert!(out.stderr.contains("NOTIFY_SOCKET"), "{out:?}");
    assert!(bench.run(&["list"]).stdout.contains("TRANSFERRED"));
}
