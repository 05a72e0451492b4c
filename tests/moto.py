"""moto, a real server for S3, while the tests against it run."""

import contextlib
import socket
import subprocess
import time
import urllib.request

PACKAGE = "moto[server]>=5,<6"

# How long it may take until it listens.
START_SECONDS_MAX = 60


@contextlib.contextmanager
def running(bin):
    """Starts it from the programs in `bin` and gives the environment that names
    its port; ends it afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [bin / "moto_server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(server, port)
        yield {"BGCOPY_MOTO_PORT": str(port)}
    finally:
        server.terminate()
        server.wait()


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
