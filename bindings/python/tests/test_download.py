"""`bgcopy.download` and `bgcopy.download_many`."""

from __future__ import annotations

import builtins
import hashlib
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import LENGTH, STALL, Bench, Server

import bgcopy
from bgcopy import (
    ExpectedHash,
    FileSpec,
    HashAlgorithm,
    HResult,
    JobProgress,
    JobState,
    download,
    download_many,
)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "store")


def test_one_file(server: Server, tmp_path: Path) -> None:
    digest = hashlib.sha256(server.content(1))
    for sha256 in (None, digest.digest(), digest.hexdigest()):
        assert download(server.url(1), tmp_path / "sub/a", sha256=sha256) == tmp_path / "sub/a"
        assert (tmp_path / "sub/a").read_bytes() == server.content(1)
        assert names(tmp_path / "sub") == ["a"]


def test_name_comes_from_the_url(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert download(server.url(1, query="etag=a/b")) == tmp_path / str(LENGTH)
    assert names(tmp_path) == [str(LENGTH)]
    with pytest.raises(bgcopy.InvalidArgumentError):
        download("http://h/..")


def test_nothing_is_left_behind(server: Server, tmp_path: Path) -> None:
    target = tmp_path / "a"
    with pytest.raises(bgcopy.TransferError) as raised:
        download(server.url(1), target, sha256=bytes(32))
    assert raised.value.hresult is HResult.BGCOPY_E_HASH_MISMATCH
    assert raised.value.error is not None
    assert raised.value.error.file == 0
    with pytest.raises(bgcopy.TransferError):
        download(server.url(1, query="status=404"), target)
    with pytest.raises(bgcopy.WaitTimeoutError):
        download(server.url(1, query="stall_after=1"), target, timeout=0.2)
    with pytest.raises(bgcopy.TransferError):
        download(server.url(1, query="status=503"), target, no_progress_timeout=0)
    assert names(tmp_path) == []


def test_progress_is_told_to_the_end(server: Server, tmp_path: Path) -> None:
    told: list[JobProgress] = []
    download(server.url(1), tmp_path / "a", progress=told.append)
    assert told[-1] == JobProgress(LENGTH, LENGTH, 1, 1)


def test_progress_that_raises_ends_the_download(server: Server, tmp_path: Path) -> None:
    def stop(progress: JobProgress) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        download(server.url(1, query="stall_after=1"), tmp_path / "a", progress=stop)
    assert names(tmp_path) == []


def test_bar(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    download(server.url(1), tmp_path / "a", progress=True)
    shown = capsys.readouterr()
    assert "a: 100%" in shown.err
    assert shown.out == ""


def test_bar_without_tqdm(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "tqdm":
            raise ModuleNotFoundError(name=name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.delitem(sys.modules, "tqdm", raising=False)
    with pytest.raises(ModuleNotFoundError, match=r"bgcopy\[progress\]"):
        download(server.url(1), tmp_path / "a", progress=True)
    download(server.url(1), tmp_path / "a")


def test_headers_and_credentials(server: Server, tmp_path: Path) -> None:
    url = server.url(1, query="basic=user:secret")
    with pytest.raises(bgcopy.TransferError):
        download(url, tmp_path / "a")
    download(url, tmp_path / "a", credentials=("user", "secret"))
    # user:secret in base64.
    download(url, tmp_path / "b", headers={"Authorization": "Basic dXNlcjpzZWNyZXQ="})
    assert names(tmp_path) == ["a", "b"]


def test_kept_job_goes_on(bench: Bench) -> None:
    bench.manager.close()
    url = bench.server.url(1, query=f"etag=same&stall_after={STALL}")
    with pytest.raises(bgcopy.WaitTimeoutError):
        download(url, bench.path(), store=bench.store, timeout=1)
    [job] = bench.open()
    assert job.state is JobState.SUSPENDED
    job.file(0).set_remote_name(bench.server.url(1, query="etag=same"))
    assert job.key is not None
    assert job.key.startswith("bgcopy get ")
    assert job.description == "", "that is the user's"
    assert download(url, bench.path(), manager=bench.manager) == bench.path()
    assert job.wait() is JobState.ACKNOWLEDGED, "it is the same job"
    assert bench.path().read_bytes() == bench.server.content(1)
    with pytest.raises(ValueError, match="not both"):
        download(url, bench.path(), manager=bench.manager, store=bench.store)


def test_many(server: Server, tmp_path: Path) -> None:
    digest = hashlib.sha256(server.content(3)).digest()
    found = download_many(
        [
            server.url(1),
            (server.url(2), "two"),
            (server.url(3), Path("sub/three"), digest),
            FileSpec(server.url(4), tmp_path / "four", [bgcopy.FileRange(10, 5)]),
        ],
        tmp_path / "new",
    )
    new = tmp_path / "new"
    assert found == [new / str(LENGTH), new / "two", new / "sub/three", tmp_path / "four"]
    for seed, path in enumerate(found[:3], 1):
        assert path.read_bytes() == server.content(seed)
    assert found[3].read_bytes() == server.content(4)[10:15]
    assert download_many([]) == []


def test_a_hash_belongs_to_its_file(server: Server, tmp_path: Path) -> None:
    wrong = ExpectedHash(HashAlgorithm.BLAKE3, bytes(32))
    with pytest.raises(bgcopy.TransferError) as raised:
        download_many(
            [(server.url(1), "one"), FileSpec(server.url(2), "two", expected_hash=wrong)], tmp_path
        )
    assert raised.value.hresult is HResult.BGCOPY_E_HASH_MISMATCH
    assert raised.value.error is not None
    assert raised.value.error.file == 1
    assert names(tmp_path) == []


def test_files_are_checked_against_a_list(server: Server, tmp_path: Path) -> None:
    url = server.url(1)
    digests = [hashlib.sha256(server.content(seed)).hexdigest() for seed in (1, 2)]
    sums = tmp_path / "SHA256SUMS"
    sums.write_text(f"{digests[0]}  {LENGTH}\n")
    download(url, tmp_path / "a", checksums=sums)
    assert (tmp_path / "a").read_bytes() == server.content(1)
    download_many([(url, "b")], tmp_path, checksums=str(sums))
    sums.write_text(f"SHA256 (c) = {digests[1]}\n")
    with pytest.raises(bgcopy.TransferError) as raised:
        download(url, tmp_path / "c", checksums=sums)
    assert raised.value.hresult is HResult.BGCOPY_E_HASH_MISMATCH
    for text, code in [("x", HResult.BGCOPY_E_CHECKSUM_LIST), (None, HResult.BGCOPY_E_NOT_LISTED)]:
        if text is not None:
            sums.write_text(text)
        else:
            sums.write_text(f"{digests[1]}  other\n")
        with pytest.raises(bgcopy.BgcopyError) as refused:
            download(url, tmp_path / "c", checksums=sums)
        assert refused.value.hresult is code
    key = "RWRiZ2NvcHlUS3xL6ALKptNOcjrGsqRACwpmzSK2eXDbait7YMmCz1eM"
    with pytest.raises(bgcopy.BgcopyError) as refused:
        download(url, tmp_path / "c", checksums=sums, minisign_key=key, signature=sums)
    assert refused.value.hresult is HResult.BGCOPY_E_SIGNATURE
    assert names(tmp_path) == ["SHA256SUMS", "a", "b"]


def test_lists_of_checksums_are_read() -> None:
    text = "# two\n" + "a" * 64 + "  ./d/x\nSHA512 (y) = " + "B" * 128
    lines = bgcopy.parse_checksum_list(text)
    assert lines == bgcopy.parse_checksum_list(text.encode())
    first = bgcopy.ListedChecksum("d/x", HashAlgorithm.SHA256, "a" * 64)
    second = bgcopy.ListedChecksum("y", HashAlgorithm.SHA512, "b" * 128)
    assert lines == [first, second]
    with pytest.raises(bgcopy.BgcopyError, match="line 2"):
        bgcopy.parse_checksum_list("\nx")


def test_a_kept_job_gets_the_hash(bench: Bench) -> None:
    bench.manager.close()
    url = bench.server.url(1, query=f"etag=same&stall_after={STALL}")
    with pytest.raises(bgcopy.WaitTimeoutError):
        download(url, bench.path(), store=bench.store, timeout=1)
    [job] = bench.open()
    job.file(0).set_remote_name(bench.server.url(1, query="etag=same"))
    with pytest.raises(bgcopy.TransferError) as raised:
        download(url, bench.path(), manager=bench.manager, sha256=bytes(32))
    assert raised.value.hresult is HResult.BGCOPY_E_HASH_MISMATCH


def test_many_are_all_or_none(server: Server, tmp_path: Path) -> None:
    with pytest.raises(bgcopy.TransferError) as raised:
        download_many(
            [(server.url(1), "one"), (server.url(2, query="status=404"), "two")], tmp_path
        )
    assert raised.value.error is not None
    assert raised.value.error.file == 1
    assert names(tmp_path) == []
