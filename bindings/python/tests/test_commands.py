"""The command `bgcopy`: arguments in, output and exit codes out. It is the program of
`examples/cli`, which has tests of its own; these show that it is whole within Python.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from conftest import LENGTH, PATIENCE_S, Bench, until

from bgcopy import Manager

Ended = subprocess.CompletedProcess[str]

SCRIPT = [str(Path(sys.executable).with_name("bgcopy"))]
MODULE = [sys.executable, "-W", "error", "-m", "bgcopy"]


@pytest.fixture
def queue(bench: Bench) -> Bench:
    bench.manager.close()
    return bench


def start(bench: Bench, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*MODULE, *map(str, arguments)],
        cwd=bench.folder,
        env={**os.environ, "BGCOPY_STORE": str(bench.store)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def bgcopy(bench: Bench, *arguments: object, code: int = 0) -> str:
    process = start(bench, *arguments)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == code, err
    return err if code else out


def as_json(bench: Bench, *arguments: object) -> Any:
    return json.loads(bgcopy(bench, *arguments, "--json"))


def test_get(queue: Bench) -> None:
    digest = hashlib.sha256(queue.server.content(1)).hexdigest()
    out = bgcopy(queue, "get", queue.server.url(1), "-o", "one", "--sha256", digest)
    assert f"Saved {queue.path('one')}" in out
    assert queue.path("one").read_bytes() == queue.server.content(1)
    assert as_json(queue, "list") == []


def test_get_into_a_folder(queue: Bench) -> None:
    lines = f"{queue.server.url(2)}\tsub/two\n\n{queue.server.url(3)}\r\n"
    queue.path("list").write_text(lines)
    assert bgcopy(queue, "get", "-q", "-i", "list", "-d", "new") == ""
    assert queue.path("new/sub/two").read_bytes() == queue.server.content(2)
    assert queue.path(f"new/{LENGTH}").read_bytes() == queue.server.content(3)
    queue.path("list").write_text(f"{queue.server.url(2)}\t../two\n")
    assert "leads out" in bgcopy(queue, "get", "-i", "list", "-d", "new", code=2)


def test_get_as_json(queue: Bench) -> None:
    lines = bgcopy(queue, "get", "--json", queue.server.url(1), "-o", "one").splitlines()
    events = [json.loads(line) for line in lines]
    assert events[0]["event"] == "created"
    assert events[-1] == {
        "event": "done",
        "id": events[0]["id"],
        "bytes_transferred": LENGTH,
        "files": [str(queue.path("one"))],
    }
    assert {event["event"] for event in events[1:-1]} == {"progress"}


def test_get_that_fails_keeps_the_job(queue: Bench) -> None:
    url = queue.server.url(1, query="status=404")
    err = bgcopy(queue, "get", url, "-o", "one", code=1)
    assert "BG_E_HTTP_ERROR_404" in err
    assert "bgcopy why" in err
    [job] = as_json(queue, "list")
    assert job["state"] == "ERROR"
    assert bgcopy(queue, "cancel", job["id"][:8]) == f"{job['id']} cancelled\n"


def test_get_is_interrupted_and_goes_on(queue: Bench) -> None:
    arguments = ["get", "--json", queue.server.url(1, query="rate=600000"), "-o", "one"]
    process = start(queue, *arguments)
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line).get("bytes_transferred"):
            break
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    command = err.split("go on with:")[1].strip()
    assert command.split()[:3] == [sys.executable, "-m", "bgcopy"]
    ended = subprocess.run(
        ["sh", "-c", command],
        cwd=queue.folder,
        env={**os.environ, "BGCOPY_STORE": str(queue.store)},
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_S,
    )
    first, *_, last = map(json.loads, ended.stdout.splitlines())
    assert first["event"] == "taken_up"
    assert first["bytes_transferred"] > 0
    assert last["event"] == "done"
    assert queue.path("one").read_bytes() == queue.server.content(1)


def test_queue(queue: Bench) -> None:
    id = bgcopy(queue, "add", queue.server.url(1), "one", "--priority", "low").strip()
    assert "NORMAL" not in bgcopy(queue, "show", id)
    shown = as_json(queue, "show", id)
    assert (shown["priority"], shown["files"][0]["local_name"]) == ("LOW", str(queue.path("one")))
    assert as_json(queue, "why", id[:8])["wait_reason"]["kind"] == "ENGINE_NOT_RUNNING"
    assert "what helps" in bgcopy(queue, "why", id)
    assert bgcopy(queue, "suspend", id) == f"{id} suspended\n"
    assert bgcopy(queue, "list").split()[:2] == [id, "SUSPENDED"]
    assert bgcopy(queue, "resume", id).startswith(f"{id} resumed")
    assert f"{id} TRANSFERRED" in bgcopy(queue, "run")
    assert not queue.path("one").exists()
    assert bgcopy(queue, "complete", id) == f"{id} completed\n"
    assert queue.path("one").read_bytes() == queue.server.content(1)
    assert bgcopy(queue, "list") == ""


def test_run_completes_and_tells_failures(queue: Bench) -> None:
    bgcopy(queue, "add", queue.server.url(1), "one")
    bad = bgcopy(queue, "add", queue.server.url(1, query="status=404"), "two").strip()
    assert "a job failed" in bgcopy(queue, "run", "--complete", code=1)
    assert queue.path("one").exists()
    assert [job["id"] for job in as_json(queue, "list")] == [bad]


def test_wrong_usage(queue: Bench) -> None:
    for arguments in (
        [],
        ["nonsense"],
        ["get"],
        ["get", "http://h/a", "http://h/b", "-o", "x"],
        ["get", "http://h/a", "--sha256", "12"],
        ["add", "http://h/a"],
        ["get", "http://h/.."],
    ):
        assert bgcopy(queue, *arguments, code=2), arguments


def test_missing_jobs_and_stores(queue: Bench) -> None:
    assert "DO_E_JOB_NOT_FOUND" in bgcopy(queue, "show", "abc", code=1)
    assert "DO_E_JOB_NOT_FOUND" in bgcopy(queue, "--store", "none", "why", "abc", code=1)
    assert bgcopy(queue, "list", "--store", "none") == ""
    assert not Path(queue.folder / "none").exists()


def test_store_in_use(queue: Bench) -> None:
    with Manager(queue.store, exclusive=True):
        assert "--store" in bgcopy(queue, "add", "http://h/x", "x", code=1)
    with Manager(queue.store) as manager:
        bgcopy(queue, "add", queue.server.url(1), "x")
        assert len(manager.jobs()) == 1, "it joined"


def test_entry_point_and_version() -> None:
    ran = subprocess.run([*SCRIPT, "--version"], capture_output=True, text=True, check=True)
    assert ran.stdout == f"bgcopy {version('bgcopy')}\n"


@pytest.mark.parametrize("program", [SCRIPT, MODULE])
def test_demonstration(program: list[str]) -> None:
    """It starts the program again."""
    ran = subprocess.run(
        [*program, "demo"], capture_output=True, text=True, check=True, timeout=PATIENCE_S
    )
    assert ran.stdout.count("   ok: ") == 8


def test_serve_hosts_the_queue(queue: Bench) -> None:
    serving = start(queue, "serve")
    until(lambda: (queue.store / "engine.sock").exists())
    with Manager(queue.store) as manager:
        assert manager.host_process == serving.pid
    serving.send_signal(signal.SIGTERM)
    out, err = serving.communicate(timeout=PATIENCE_S)
    assert (serving.returncode, err) == (0, "")
    assert out.startswith("serving ")


def test_interrupt_ends_what_waits_for_input(queue: Bench) -> None:
    process = subprocess.Popen(
        [*MODULE, "get", "-i", "-"],
        cwd=queue.folder,
        env={**os.environ, "BGCOPY_STORE": str(queue.store)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    # A pipe takes only a part of it: once it is all written, the program reads.
    process.stdin.write(b"\n" * 1_000_000)
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE_S) == -signal.SIGINT
    process.communicate()


def test_no_file_gets_the_output_of_a_closed_stream(queue: Bench) -> None:
    command = [*MODULE, "get", queue.server.url(1), "-o", "one"]
    ended = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *command],
        cwd=queue.folder,
        env={**os.environ, "BGCOPY_STORE": str(queue.store)},
        check=False,
        timeout=PATIENCE_S,
    )
    assert ended.returncode == 0
    assert queue.path("one").read_bytes() == queue.server.content(1)
    written = [path.name for path in queue.store.iterdir() if b"Saved" in path.read_bytes()]
    assert written == []


def test_put(queue: Bench) -> None:
    sources = [queue.source("one"), queue.source("two files", seed=2)]
    url = f"{queue.server.address}/up/put/"
    out = bgcopy(queue, "put", *sources, url)
    assert f"Sent {sources[1]} to {url}two%20files" in out
    assert queue.server.sent("/up/put/one") == queue.server.content(1)
    assert queue.server.sent("/up/put/two%20files") == queue.server.content(2)
    assert as_json(queue, "list") == []
    assert "ends in a slash" in bgcopy(queue, "put", *sources, url[:-1], code=2)
    tus = f"{queue.server.address}/up/tus/"
    assert f"to {tus}\n" in bgcopy(queue, "put", "one", tus)
    assert "not sent" in bgcopy(queue, "put", "one", queue.server.url(1), code=1)


def test_interrupted_put_is_gone_on_with_or_cancelled(queue: Bench) -> None:
    queue.source("one")
    command = ("put", "one", f"{queue.server.address}/up/slow/put", "--protocol", "bits")
    putting = start(queue, *command)
    until(lambda: queue.server.unfinished("/up/slow/").get("/up/slow/put", 0) > 0)
    putting.send_signal(signal.SIGINT)
    _, err = putting.communicate(timeout=PATIENCE_S)
    assert putting.returncode == 130
    assert "go on with" in err
    (job,) = as_json(queue, "list")
    assert (job["state"], job["type"]) == ("SUSPENDED", "UPLOAD")
    assert "  up  " in bgcopy(queue, "list")
    assert "cancelled" in bgcopy(queue, "cancel", job["id"])
    assert queue.server.unfinished("/up/slow/") == {}
    assert as_json(queue, "list") == []


def test_output_that_is_lost_is_a_failure(queue: Bench) -> None:
    id = bgcopy(queue, "add", queue.server.url(1), "added").strip()
    commands = [["list"], ["list", "--json"], ["show", id], ["why", id, "--json"]]
    commands += [["get", queue.server.url(1), "-o", "one"], ["cancel", id]]
    for command in commands:
        with open("/dev/full", "w") as full:
            ended = run_to(queue, full, *command)
        assert ended.returncode == 1, command
        assert "No space left on device" in ended.stderr, command
        assert "Exception" not in ended.stderr, command
    assert queue.path("one").read_bytes() == queue.server.content(1), "it is done all the same"


def test_output_that_nobody_reads_is_none(queue: Bench) -> None:
    for command in [["list", "--json"], ["get", queue.server.url(1), "-o", "one"]]:
        reader, writer = os.pipe()
        os.close(reader)
        ended = run_to(queue, writer, *command)
        os.close(writer)
        assert (ended.returncode, ended.stderr) == (0, ""), command
    assert queue.path("one").read_bytes() == queue.server.content(1)


def run_to(bench: Bench, out: Any, *arguments: str) -> Ended:
    return subprocess.run(
        [*MODULE, *arguments],
        cwd=bench.folder,
        env={**os.environ, "BGCOPY_STORE": str(bench.store)},
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=subprocess.PIPE,
        text=True,
        timeout=PATIENCE_S,
    )


def test_signal_that_is_ignored_at_the_start_stays_ignored(queue: Bench) -> None:
    url = queue.server.url(1, query="rate=2000000")
    script = "trap '' HUP INT; exec \"$@\""
    command = [*MODULE, "get", url, "-o", "one"]
    process = subprocess.Popen(
        ["sh", "-c", script, "sh", *command],
        cwd=queue.folder,
        env={**os.environ, "BGCOPY_STORE": str(queue.store)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: queue.temporaries())
    process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, err
    assert queue.path("one").read_bytes() == queue.server.content(1)


def test_list_may_begin_with_a_byte_order_mark(queue: Bench) -> None:
    queue.path("list").write_text(f"\ufeff{queue.server.url(1)}\tone\n", encoding="utf-8")
    bgcopy(queue, "get", "-i", "list")
    assert queue.path("one").read_bytes() == queue.server.content(1)


@pytest.mark.parametrize("command", [["list"], ["list", "--json"], ["run"]])
def test_damaged_jobs_are_named(queue: Bench, command: list[str]) -> None:
    def add(name: str) -> str:
        return bgcopy(queue, "add", queue.server.url(1), name).strip()

    damaged, sound = add("damaged"), add("sound")
    database = queue.store / "queue.db"
    found = database.read_bytes()
    assert b'"display_name":"damaged"' in found
    database.write_bytes(found.replace(b'"display_name":"damaged"', b'"display_name":"damagee"'))
    said = bgcopy(queue, *command, code=1)
    assert damaged in said
    assert "1 job is damaged" in said
    said = start(queue, "list").communicate(timeout=PATIENCE_S)[0]
    assert damaged not in said
    assert "1 job saved, 1 lost" in start(queue, "run").communicate(timeout=PATIENCE_S)[1]
    assert bgcopy(queue, "list").startswith(sound)


def test_names_need_not_be_text(queue: Bench) -> None:
    name = os.fsdecode(b"caf\xe9\t\xe2\x80\xae")
    id = bgcopy(queue, "add", queue.server.url(1), name).strip()
    assert r"caf\xE9\t\u{202e}" in bgcopy(queue, "list")
    assert r"caf\xE9\t\u{202e}" in bgcopy(queue, "show", id)
    bgcopy(queue, "run", "--complete")
    assert queue.path(name).read_bytes() == queue.server.content(1)
