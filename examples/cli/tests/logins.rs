//! Tokens, as their users see them.

mod bench;

use std::fs;

use bench::{Bench, json_of};
use bgcopy_test_server::{Area, Reply, Request, Resource, Server};

const PATH: &str = "/gen/1/1000";
const TOKEN: &str = "t0ken-of-1/2+3==";
const BEARER: &str = "Bearer t0ken-of-1/2+3==";

fn shown(requests: &[Request]) -> Vec<Option<&str>> {
    requests.iter().map(|request| request.header("authorization")).collect()
}

/// True if a file of the queue has the text.
fn is_stored(bench: &Bench, text: &str) -> bool {
    fs::read_dir(bench.store()).expect("the store").any(|entry| {
        let bytes = fs::read(entry.expect("an entry").path()).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

#[test]
fn token_comes_from_where_it_is_told() {
    let mut bench = Bench::new();
    bench.set("OF_HUB", TOKEN);
    fs::write(bench.path("token"), format!("{TOKEN}\r\nnot this\n")).expect("a file");
    let url = bench.url(PATH);
    let sources = [TOKEN, "@token", "@-", "%OF_HUB"];
    for source in sources {
        let command = ["get", &url, "-o", "x", "--quiet", "--oauth2-bearer", source];
        let out = bench.run_with_stdin("token", &command);
        assert_eq!((out.code, out.stderr.as_str()), (0, ""), "{source}");
    }
    assert_eq!(shown(&bench.server.requests()), [Some(BEARER); 4]);
    bench.server.accept_uploads("/up/", Area::new());
    let put = ["put", "token", &bench.url("/up/x"), "--protocol", "put", "--oauth2-bearer=@token"];
    assert_eq!(bench.run(&put).code, 0);
    let sent = bench.server.requests_for("/up/x");
    assert!(!sent.is_empty());
    assert!(shown(&sent).iter().all(|shown| *shown == Some(BEARER)), "{sent:?}");
}

#[test]
fn token_that_cannot_be_had_is_told_before_anything_is_asked_for() {
    let bench = Bench::new();
    fs::write(bench.path("empty"), "").expect("a file");
    let url = bench.url(PATH);
    let wrong: [(&[&str], i32); 7] = [
        (&["--oauth2-bearer", ""], 2),
        (&["--oauth2-bearer", "@empty"], 2),
        (&["--oauth2-bearer", "%NOT_THERE"], 2),
        (&["--oauth2-bearer", "%"], 2),
        (&["--oauth2-bearer", "x", "-u", "ada:x"], 2),
        (&["--oauth2-bearer", "@missing"], 1),
        (&["--oauth2-bearer", "two words"], 1),
    ];
    for (options, code) in wrong {
        let out = bench.run(&[&["get", &url, "-o", "x"], options].concat());
        assert_eq!(out.code, code, "{options:?}: {out:?}");
    }
    assert_eq!(bench.server.requests().len(), 0);
    assert_eq!(bench.run(&["list", "--json"]).stdout.trim(), "[]", "no job is left behind");
}

#[test]
fn token_is_never_stored_nor_repeated() {
    let bench = Bench::new();
    let slow = Reply::normal().bytes_per_second(8_000_000);
    bench.server.put("/file", Resource::generated(5, 64_000_000).always(slow));
    let url = bench.url("/file");
    let get = ["get", &url, "-o", "x"];
    for words in [&["--oauth2-bearer", TOKEN][..], &[&format!("--oauth2-bearer={TOKEN}")]] {
        let process = bench.start(&[&get[..], words].concat());
        bench.wait_for_recorded_bytes(1);
        let out = process.interrupt();
        assert_eq!(out.code, 130, "{out:?}");
        let end = words.join(" ").replace(TOKEN, "TOKEN");
        assert!(out.stderr.trim_end().ends_with(&end), "{out:?}");
        assert!(!out.stderr.contains(TOKEN) && !out.stdout.contains(TOKEN), "{out:?}");
        assert!(!is_stored(&bench, TOKEN));
    }
    let id = json_of(&bench.run(&["list", "--json"]).stdout)[0]["id"].clone();
    let show = bench.run(&["show", id.as_str().expect("an id"), "--json"]);
    assert!(show.code == 0 && !show.stdout.contains(TOKEN), "{show:?}");
    let out = bench.run(&get);
    assert_eq!(out.code, 1, "nobody has the token any more: {out:?}");
    assert!(out.stderr.contains("--oauth2-bearer"), "{out:?}");
}

#[test]
fn token_stays_with_the_host_of_the_url() {
    let bench = Bench::new();
    let other = Server::start().expect("another server");
    other.put("/there", Resource::bytes("content"));
    let moved = Reply::normal().redirect(302, other.url("/there"));
    bench.server.put("/here", Resource::bytes("").always(moved));
    let get = ["get", &bench.url("/here"), "-o", "x", "--oauth2-bearer", TOKEN];
    assert_eq!(bench.run(&get).code, 0);
    assert_eq!(shown(&bench.server.requests()), [Some(BEARER)]);
    assert_eq!(shown(&other.requests()), [None]);
    assert_eq!(bench.content("x"), b"content");
}

#[test]
fn added_job_has_its_token_while_a_process_hosts() {
    let bench = Bench::new();
    let add = ["add", &bench.url(PATH), "x", "--oauth2-bearer", TOKEN];
    assert_eq!(bench.run(&add).code, 1);
    let serve = bench.start(&["serve"]);
    bench.wait_for_host();
    assert_eq!(bench.run(&add).code, 0);
    assert_eq!(shown(&bench.wait_for_requests(PATH, 1)), [Some(BEARER)]);
    serve.interrupt();
}
