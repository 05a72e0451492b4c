"""moto, a real server for S3, while the tests against it run."""

import contextlib
import socket
import subprocess
import time
import urllib.request

PACKAGE = "moto[server]>=5,<6"

# How long it may take until it listens.
START_SECONDS_MAX = 60

# Where a port is looked for; the tests in Rust use those from 20000 to 32000.
FIRST_PORT, LAST_PORT = 18000, 20000


@contextlib.contextmanager
def running(bin):
    """Starts it from the programs in `bin` and gives the environment that names
    its port; ends it afterwards."""
    port = free_port()
    command = [bin / "moto_server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(server, port)
        yield {"BGCOPY_MOTO_PORT": str(port)}
    finally:
        server.terminate()
        server.wait()


def free_port():
    """A port where nobody listens, below those that a system gives to connections:
    none of them takes it before the server does."""
    for port in range(FIRST_PORT, LAST_PORT):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"no port is free from {FIRST_PORT} to {LAST_PORT}")


def wait_for(server, port):
    """Waits until it listens; tests against one that does not fail by themselves."""
    deadline = time.monotonic() + START_SECONDS_MAX
    while server.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                warm(port)
                return
        time.sleep(0.1)


def warm(port):
    """Makes one request: with the first one moto loads what it knows of S3, which
    is not for several at the same time to wait for."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/",
        headers={"Authorization": "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/s3/aws4_request"},
    )
    urllib.request.urlopen(request, timeout=START_SECONDS_MAX).close()
