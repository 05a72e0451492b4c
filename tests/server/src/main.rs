//! Serves generated content, and takes files, until its input ends.

use bgcopy_test_server::{Area, Server};
use std::io::{self, Write};
use std::process::ExitCode;

const USAGE: &str = "usage: bgcopy-test-server [--port N]

Serves /gen/SEED/LENGTH on the loopback interface until the input ends.
Query: etag=TEXT, rate=BYTES_PER_SECOND, norange=1, stall_after=BYTES,
status=CODE, basic=USER:PASSWORD

Takes files below /up/, at 200,000 bytes per second below /up/slow/, and with
/gen/9/100000 as the reply below /up/answered/. A file can be fetched from where
it was sent to. GET of one of the three lists what is unfinished in it.";

/// Slow enough to be caught in the middle of a file.
const SLOW: u64 = 200_000;

fn main() -> ExitCode {
    let Some(port) = port(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(port) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bgcopy-test-server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn port(mut arguments: impl Iterator<Item = String>) -> Option<u16> {
    match (arguments.next(), arguments.next(), arguments.next()) {
        (None, _, _) => Some(0),
        (Some(name), Some(value), None) if name == "--port" => value.parse().ok(),
        (Some(_), _, _) => None,
    }
}

fn run(port: u16) -> io::Result<()> {
    let server = Server::start_on(port)?;
    server.serve_generated();
    server.accept_uploads("/up/", Area::new());
    server.accept_uploads("/up/slow/", Area::new().bytes_per_second(SLOW));
    server.accept_uploads("/up/answered/", Area::new().reply_url("/gen/9/100000"));
    let mut output = io::stdout();
    writeln!(output, "listening {}", server.url(""))?;
    output.flush()?;
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
