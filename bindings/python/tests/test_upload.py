"""`bgcopy.upload` and `bgcopy.upload_many`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import LENGTH, PATIENCE_S, Bench, Server

import bgcopy
from bgcopy import (
    FileSpec,
    HResult,
    JobProgress,
    JobState,
    UploadProtocol,
    upload,
    upload_many,
)


@pytest.fixture
def source(server: Server, tmp_path: Path) -> Path:
    path = tmp_path / "one file.bin"
    path.write_bytes(server.content(1))
    return path


def test_one_file(server: Server, source: Path) -> None:
    for protocol in (UploadProtocol.AUTO, UploadProtocol.BITS, UploadProtocol.PUT):
        url = f"{server.address}/up/one-{protocol.name}"
        assert upload(source, url, protocol=protocol) == url
        assert server.sent(f"/up/one-{protocol.name}") == server.content(1)
    assert list(source.parent.iterdir()) == [source]


def test_name_goes_below_a_folder(server: Server, source: Path) -> None:
    url = upload(source, f"{server.address}/up/below/")
    assert url == f"{server.address}/up/below/one%20file.bin"
    assert server.sent("/up/below/one%20file.bin") == server.content(1)


def test_server_for_tus_names_files_itself(server: Server, source: Path) -> None:
    url = f"{server.address}/up/tus/"
    assert upload(source, url) == url
    assert upload(source, f"{url}two", protocol=UploadProtocol.TUS) == f"{url}two"
    assert server.sent("/up/tus/two") == server.content(1)
    assert (
        upload_many([source, source], url[:-1] + "/three", protocol=UploadProtocol.TUS)
        == [f"{url}three"] * 2
    )


def test_reply(server: Server, source: Path, tmp_path: Path) -> None:
    upload(source, f"{server.address}/up/answered/x", reply=tmp_path / "answer")
    assert (tmp_path / "answer").read_bytes() == server.content(9, 100_000)
    upload(source, f"{server.address}/up/unanswered", reply=tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_progress_is_told_to_the_end(server: Server, source: Path) -> None:
    told: list[JobProgress] = []
    upload(source, f"{server.address}/up/told", progress=told.append)
    assert told[-1] == JobProgress(LENGTH, LENGTH, 1, 1)
    upload_many(
        [source, (source, f"{server.address}/up/two")],
        f"{server.address}/up/",
        progress=told.append,
    )
    assert told[-1] == JobProgress(2 * LENGTH, 2 * LENGTH, 2, 2)


def test_nothing_is_left_behind(server: Server, source: Path) -> None:
    with pytest.raises(bgcopy.WaitTimeoutError):
        upload(source, f"{server.address}/up/slow/left", timeout=1)
    assert server.unfinished("/up/slow/") == {}, "the server was told to forget it"
    assert server.sent("/up/slow/left") is None
    with pytest.raises(bgcopy.TransferError) as raised:
        upload(source, server.url(1))
    assert raised.value.error is not None
    assert raised.value.error.file == 0
    with pytest.raises(FileNotFoundError):
        upload(source.parent / "missing", f"{server.address}/up/x")


def test_kept_upload_goes_on(bench: Bench) -> None:
    bench.manager.close()
    path, url = bench.source(), f"{bench.server.address}/up/slow/kept"
    with pytest.raises(bgcopy.WaitTimeoutError):
        upload(path, url, timeout=2, store=bench.store, protocol=UploadProtocol.BITS)
    held = bench.server.unfinished("/up/slow/")["/up/slow/kept"]
    assert held > 0
    with bench.open() as manager:
        (job,) = manager.jobs()
        assert job.wait([JobState.SUSPENDED], timeout=PATIENCE_S)
        upload(path, url, manager=manager, timeout=PATIENCE_S)
        assert job.state is JobState.ACKNOWLEDGED, "the same job"
    assert bench.server.sent("/up/slow/kept") == bench.server.content(1)


def test_kept_uploads_of_many_go_on(bench: Bench) -> None:
    bench.manager.close()
    path, base = bench.source(), f"{bench.server.address}/up/slow"
    sources = [(path, f"{base}/one"), (path, f"{base}/two/")]
    wanted: dict[str, Any] = {"store": bench.store, "protocol": UploadProtocol.BITS}
    with pytest.raises(bgcopy.WaitTimeoutError):
        upload_many(sources, timeout=1, **wanted)
    with bench.open() as manager:
        jobs = manager.jobs()
        assert len(jobs) == 2
        assert all(str(job.key).startswith("bgcopy put ") for job in jobs), "as the program does"
        for job in jobs:
            assert job.wait([JobState.SUSPENDED], timeout=PATIENCE_S)
    urls = upload_many([*sources, sources[0]], timeout=PATIENCE_S, **wanted)
    assert urls == [f"{base}/one", f"{base}/two/{path.name}", f"{base}/one"]
    with bench.open() as manager:
        assert manager.jobs() == [], "the same jobs, and no other"
    for url in set(urls):
        sent = bench.server.sent(url.removeprefix(bench.server.address))
        assert sent == bench.server.content(1)


def test_many(server: Server, source: Path, tmp_path: Path) -> None:
    for seed in (2, 3):
        (tmp_path / f"{seed}").write_bytes(server.content(seed))
    base = f"{server.address}/up/all"
    urls = upload_many(
        [source, (tmp_path / "2", f"{base}/second"), FileSpec(f"{base}/third", tmp_path / "3")],
        f"{base}/",
    )
    assert urls == [f"{base}/one%20file.bin", f"{base}/second", f"{base}/third"]
    for seed, url in enumerate(urls, 1):
        assert server.sent(url.removeprefix(server.address)) == server.content(seed)
    assert upload_many([]) == []
    with pytest.raises(bgcopy.InvalidArgumentError):
        upload_many([source], f"{base}/no-folder")
    with pytest.raises(bgcopy.InvalidArgumentError):
        upload_many([source])


def test_what_can_be_sent_of_many_is_sent(server: Server, source: Path) -> None:
    sources = [
        (source, server.url(1)),
        (source, f"{server.address}/up/rest"),
        (source, server.url(2)),
    ]
    with pytest.raises(bgcopy.TransferError, match="2 of 3 files") as raised:
        upload_many(sources)
    assert raised.value.hresult is HResult.BG_E_HTTP_ERROR_405
    assert server.sent("/up/rest") == server.content(1)
