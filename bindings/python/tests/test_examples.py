"""The programs in `examples/python` do what they say."""

from __future__ import annotations

import subprocess
import sys

from conftest import LENGTH, PATIENCE_S, ROOT, Bench


def run(bench: Bench, name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", ROOT / "examples/python" / name, *map(str, arguments)],
        cwd=bench.folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )


def test_small(bench: Bench) -> None:
    ran = run(bench, "small.py", bench.server.url(1), "file")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == f"{bench.path()}: {LENGTH} bytes\n"
    assert bench.path().read_bytes() == bench.server.content(1)
    failed = run(bench, "small.py", bench.server.url(1, query="status=404"), "other")
    assert failed.returncode == 1
    assert "what helps: " in failed.stderr


def test_ten_files(bench: Bench) -> None:
    urls = [bench.server.url(seed) for seed in range(10)]
    ran = run(bench, "ten_files.py", "ten", *urls)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-1] == "10 files in ten"
    for seed in range(10):
        path = bench.path(f"ten/{seed:02}-{LENGTH}")
        assert path.read_bytes() == bench.server.content(seed)


def test_with_asyncio(bench: Bench) -> None:
    urls = [bench.server.url(1), bench.server.url(2), bench.server.url(3, query="status=404")]
    ran = run(bench, "with_asyncio.py", "async", *urls)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert bench.path("async/00").read_bytes() == bench.server.content(1)
    assert bench.path("async/01").read_bytes() == bench.server.content(2)
    assert not bench.path("async/02").exists()
    assert sum("bytes" in line for line in ran.stdout.splitlines()) == 2
