//! The options of certificates, against a server with TLS.
//!
//! These need openssl and Python 3.

mod bench;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use bench::{Bench, json_of};

const WARNING: &str = "WARNING: --insecure";

/// Serves the current folder by TLS with `server.pem`, and redirects to what a path
/// names with `http:`. With the argument `old` it speaks TLS 1.1 only; with another
/// one it serves only those whom the authority in that file vouches for. It prints
/// its port.
const SERVER: &str = r#"
import http.server, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("server.pem")
class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if "http:" not in self.path:
            return super().do_GET()
        self.send_response(302)
        self.send_header("Location", self.path[1:])
        self.send_header("Content-Length", "0")
        self.end_headers()
if sys.argv[1:] == ["old"]:
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
elif len(sys.argv) > 1:
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(sys.argv[1])
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_port, flush=True)
server.serve_forever()
"#;

struct Secure {
    child: Child,
    url: String,
}

impl Secure {
    /// Serves what is in the folder of the bench.
    fn start(bench: &Bench, arguments: &[&str]) -> Self {
        let mut child = Command::new("python3")
            .args([&["-c", SERVER], arguments].concat())
            .current_dir(bench.path(""))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a server");
        let mut port = String::new();
        let stdout = child.stdout.take().expect("its output");
        BufReader::new(stdout).read_line(&mut port).expect("its port");
        Self { child, url: format!("https://127.0.0.1:{}/server.pem", port.trim()) }
    }
}

impl Drop for Secure {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to do.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// Makes a certificate for 127.0.0.1 in `NAME.pem`, with its key in it and alone.
fn make_certificate(bench: &Bench, name: &str) {
    let (key, pem) = (format!("{name}.key"), format!("{name}.pem"));
    let output = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=x"])
        .args(["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", &key, "-out", &pem])
        .current_dir(bench.path(""))
        .output()
        .expect("openssl runs");
    assert!(output.status.success(), "{output:?}");
    let both = [bench.content(&pem), bench.content(&key)].concat();
    std::fs::copy(bench.path(&pem), bench.path(&format!("{name}.crt"))).expect("copied");
    std::fs::write(bench.path(&pem), both).expect("written");
}

#[test]
#[ignore = "needs openssl"]
fn authority_is_trusted_that_is_named() {
    let bench = Bench::new();
    make_certificate(&bench, "server");
    let server = Secure::start(&bench, &[]);
    let get = ["get", &server.url, "-o", "x"];
    let out = bench.run(&get);
    assert_eq!(out.code, 1, "{out:?}");
    assert!(out.stderr.contains("DO_E_HTTP_CERT_VALIDATION"), "{out:?}");
    let out = bench.run(&[&get[..], &["--cacert", "server.crt"]].concat());
    assert_eq!((out.code, out.stderr.as_str()), (0, ""), "{out:?}");
    assert_eq!(bench.content("x"), bench.content("server.pem"));

    let added = bench.run(&["add", &server.url, "y"]);
    let run = ["run", "--complete", added.stdout.trim()];
    assert_eq!(bench.run(&run).code, 1);
    assert_eq!(bench.run(&["resume", added.stdout.trim()]).code, 0);
    let out = bench.run(&[&run[..], &["--cacert", "server.crt"]].concat());
    assert_eq!(out.code, 0, "{out:?}");
    assert_eq!(bench.content("y"), bench.content("server.pem"));

    let serve = bench.start(&["serve", "--cacert", "server.crt"]);
    bench.wait_for_host();
    let out = bench.run(&[&get[..], &["--cacert", "server.crt"]].concat());
    assert_eq!(out.code, 1, "{out:?}");
    assert!(out.stderr.contains("bgcopy serve --cacert"), "{out:?}");
    assert_eq!(bench.run(&["get", &server.url, "-o", "z"]).code, 0);
    serve.interrupt();
}

#[test]
#[ignore = "needs openssl"]
fn insecure_checks_nothing_says_so_and_is_not_remembered() {
    let bench = Bench::new();
    make_certificate(&bench, "server");
    let server = Secure::start(&bench, &[]);
    // Another name than that of the certificate, and no file of that name.
    let missing = server.url.replace("127.0.0.1", "localhost").replace("server.pem", "missing");
    let get = ["get", &missing, "-o", "x"];
    let out = bench.run(&[&get[..], &["-k", "--quiet"]].concat());
    assert!(out.stderr.contains(WARNING), "{out:?}");
    assert!(out.stderr.contains("0x80190194"), "it is asked for: {out:?}");
    let out = bench.run(&get);
    assert!(out.stderr.contains("DO_E_HTTP_CERT_VALIDATION"), "it is checked again: {out:?}");
    assert!(!out.stderr.contains(WARNING), "{out:?}");
    let jobs = json_of(&bench.run(&["list", "--json"]).stdout);
    assert_eq!(jobs.as_array().map(Vec::len), Some(1), "of the same job");
}

#[test]
#[ignore = "needs openssl"]
fn client_certificate_is_shown() {
    let bench = Bench::new();
    make_certificate(&bench, "server");
    make_certificate(&bench, "client");
    let server = Secure::start(&bench, &["client.crt"]);
    let trusting = ["get", &server.url, "-o", "x", "--cacert", "server.crt"];
    let get = [&trusting[..], &["--no-progress-timeout", "0"]].concat();
    let out = bench.run(&[&get[..], &["-E", "client.pem"]].concat());
    assert_eq!(out.code, 0, "{out:?}");
    let out = bench.run(&[&get[..], &["--cert", "client.crt", "--key", "client.key"]].concat());
    assert_eq!(out.code, 0, "{out:?}");
    let out = bench.run(&get);
    assert_eq!(out.code, 1, "without one: {out:?}");
}

#[test]
#[ignore = "needs openssl"]
fn redirect_from_https_to_http_is_refused() {
    let bench = Bench::new();
    make_certificate(&bench, "server");
    let server = Secure::start(&bench, &[]);
    let plain = bench.url("/gen/1/1000");
    let url = server.url.replace("server.pem", &plain);
    let get = ["get", &url, "-o", "x", "--cacert", "server.crt"];
    let out = bench.run(&get);
    assert_eq!(out.code, 1, "{out:?}");
    assert!(out.stderr.contains("BG_E_HTTP_ERROR_302"), "{out:?}");
    assert!(bench.server.requests().is_empty(), "the other server is not asked");
    assert!(!bench.path("x").exists());
}

#[test]
#[ignore = "needs openssl"]
fn old_tls_is_refused() {
    let bench = Bench::new();
    make_certificate(&bench, "server");
    let server = Secure::start(&bench, &["old"]);
    let words = ["-o", "x", "--cacert", "server.crt", "--no-progress-timeout", "0"];
    let out = bench.run(&[&["get", server.url.as_str()][..], &words].concat());
    assert_eq!(out.code, 1, "{out:?}");
    assert!(out.stderr.contains("E_WINHTTP_SECURE_FAILURE"), "{out:?}");
    assert!(out.stderr.contains("protocol version"), "{out:?}");
}
