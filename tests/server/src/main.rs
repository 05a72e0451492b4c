//! Serves generated content, and takes files, until its input ends.

use bgcopy_test_server::{Area, Bucket, Ietf, Server};
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

const USAGE: &str = "usage: bgcopy-test-server [--port N] [--address ADDRESS]

Serves /gen/SEED/LENGTH on the loopback interface, or at an address of a network
of the tests, until the input ends.
Query: etag=TEXT, rate=BYTES_PER_SECOND, norange=1, stall_after=BYTES,
status=CODE, basic=USER:PASSWORD

Takes files by BITS and PUT below /up/, by tus below /up/tus/, as the IETF has
it below /up/ietf/, and by S3 below /s3/, with the keys `id` and `secret`; at
200,000 bytes per second below /up/slow/, /up/slow/tus/, /up/slow/ietf/ and
/s3-slow/; and with /gen/9/100000 as the reply below /up/answered/. A file can be
fetched from where it was sent to. GET of one of these folders lists what is
unfinished in it.";

/// Slow enough to be caught in the middle of a file.
const SLOW: u64 = 200_000;

fn main() -> ExitCode {
    let Some(address) = address(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(address) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bgcopy-test-server: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Where to listen: port 0 is any that is free.
fn address(mut arguments: impl Iterator<Item = String>) -> Option<SocketAddr> {
    let mut address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    while let Some(name) = arguments.next() {
        let value = arguments.next()?;
        match name.as_str() {
            "--port" => address.set_port(value.parse().ok()?),
            "--address" => address.set_ip(value.parse().ok()?),
            _ => return None,
        }
    }
    Some(address)
}

fn run(address: SocketAddr) -> io::Result<()> {
    let server = Server::start_at(address)?;
    server.serve_generated();
    for (prefix, area) in
        [("", Area::new()), ("tus/", Area::tus()), ("ietf/", Area::new().ietf(Ietf::new()))]
    {
        server.accept_uploads(&format!("/up/{prefix}"), area.clone());
        server.accept_uploads(&format!("/up/slow/{prefix}"), area.bytes_per_second(SLOW));
    }
    let bucket = Bucket::new("id", "secret");
    server.serve_bucket("/s3/", bucket.clone());
    server.serve_bucket("/s3-slow/", bucket.bytes_per_second(SLOW));
    server.accept_uploads("/up/answered/", Area::new().reply_url("/gen/9/100000"));
    let mut output = io::stdout();
    writeln!(output, "listening {}", server.url(""))?;
    output.flush()?;
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
