"""`bgcopy.File`."""

from __future__ import annotations

import pytest
from conftest import LENGTH, PATIENCE_S, Bench

import bgcopy
from bgcopy import (
    ExpectedHash,
    FileProgress,
    FileSource,
    FileSpec,
    HashAlgorithm,
    HResult,
    JobState,
    JobType,
    SourceKind,
    SourceState,
)


def test_new_file(bench: Bench) -> None:
    file = bench.job().file(0)
    assert file.index == 0
    assert file.remote_name == bench.server.url(1)
    assert file.local_name == bench.path()
    assert file.temporary_name.parent == bench.folder
    assert file.progress == FileProgress(None, 0, False)
    assert file.ranges == ()
    assert (file.validation_state, file.response_headers, file.expected_hash) == (None,) * 3
    assert repr(file) == f"<bgcopy.File 0 {file.remote_name}>"


def test_missing_file(bench: Bench) -> None:
    with pytest.raises(bgcopy.NotFoundError):
        bench.job().file(1)
    with pytest.raises(OverflowError):
        bench.job(name="other").file(-1)


def test_a_file_that_failed_stops_no_other(bench: Bench) -> None:
    job = bench.job("status=404")
    job.add_file(bench.server.url(2), bench.path("other"))
    bad, good = job.files()
    assert (bad.error, good.error) == (None, None)
    job.resume()
    assert job.wait([JobState.ERROR], timeout=PATIENCE_S) is JobState.ERROR
    error = bad.error
    assert error is not None
    assert error.code == HResult.BG_E_HTTP_ERROR_404
    assert error == job.error()
    assert good.error is None
    assert job.complete() == HResult.BG_S_PARTIAL_COMPLETE
    assert good.progress.completed


def test_transferred_and_completed_file(bench: Bench) -> None:
    job = bench.transferred()
    file = job.file(0)
    assert file.progress == FileProgress(LENGTH, LENGTH, False)
    assert file.response_headers is not None
    assert "Content-Length" in file.response_headers
    job.complete()
    assert file.progress.completed


def test_remote_name(bench: Bench) -> None:
    file = bench.job().file(0)
    file.set_remote_name("http://other/x")
    assert file.remote_name == "http://other/x"
    with pytest.raises(bgcopy.InvalidArgumentError):
        file.set_remote_name("nonsense")


@pytest.mark.parametrize(
    ("algorithm", "length"),
    [(HashAlgorithm.SHA256, 32), (HashAlgorithm.SHA512, 64), (HashAlgorithm.BLAKE3, 32)],
)
def test_hash_is_text_or_bytes(bench: Bench, algorithm: HashAlgorithm, length: int) -> None:
    file = bench.job().file(0)
    digest = bytes(range(length))
    for given in (digest, digest.hex(), digest.hex().upper()):
        file.set_expected_hash(None)
        assert file.expected_hash is None
        file.set_expected_hash(ExpectedHash(algorithm, given))
        assert file.expected_hash == ExpectedHash(algorithm, digest)
    with pytest.raises(bgcopy.InvalidArgumentError):
        file.set_expected_hash(ExpectedHash(algorithm, digest[1:]))


def test_files_are_added_with_their_hashes(bench: Bench) -> None:
    job = bench.manager.create_job("hashes")
    hashes = [
        None,
        *(
            ExpectedHash(algorithm, bytes(32))
            for algorithm in (HashAlgorithm.SHA256, HashAlgorithm.BLAKE3)
        ),
    ]
    names = [bench.path(str(number)) for number in range(len(hashes) + 1)]
    url = bench.server.url(1)
    job.add_file_set(
        [FileSpec(url, name, expected_hash=hash) for name, hash in zip(names, hashes, strict=False)]
    )
    assert [file.expected_hash for file in job.files()] == hashes
    with pytest.raises(bgcopy.InvalidArgumentError):
        job.add_file_set(
            [FileSpec(url, names[-1], expected_hash=ExpectedHash(HashAlgorithm.SHA512, bytes(32)))]
        )
    upload = bench.manager.create_job("up", JobType.UPLOAD)
    with pytest.raises(bgcopy.NotSupportedError):
        upload.add_file_set([FileSpec(url, bench.source(), expected_hash=hashes[1])])


def test_content_can_be_refused(bench: Bench) -> None:
    job = bench.job()
    file = job.file(0)
    with pytest.raises(bgcopy.InvalidStateError):
        file.set_validation_state(True)
    job.resume()
    job.wait(timeout=PATIENCE_S)
    file.set_validation_state(False)
    assert job.error().code is HResult.BG_E_VALIDATION_FAILED
    job.resume()
    assert job.wait(timeout=PATIENCE_S) is JobState.TRANSFERRED
    file.set_validation_state(True)
    assert file.validation_state is True


def test_mirrors(bench: Bench) -> None:
    mirror = bench.server.url(1)
    job = bench.job("status=404")
    file = job.file(0)
    assert file.add_mirror(mirror) == HResult.S_OK
    assert file.add_mirror(mirror) == HResult.S_FALSE
    origin, other = file.sources
    assert (origin.url, origin.kind, origin.state) == (
        file.remote_name,
        SourceKind.ORIGIN,
        SourceState.ASKED,
    )
    assert other == FileSource(mirror, SourceKind.MIRROR, SourceState.READY, None, None, None)
    with pytest.raises(bgcopy.InvalidArgumentError):
        file.add_mirror("file:///etc/passwd")
    job.resume()
    assert job.wait(timeout=PATIENCE_S) is JobState.TRANSFERRED
    origin, other = file.sources
    assert (origin.code, origin.state) == (HResult.BG_E_HTTP_ERROR_404, SourceState.FAILED)
    assert origin.message is not None
    assert origin.at is not None
    assert other.state is SourceState.ASKED
    job.complete()
    assert bench.path().read_bytes() == bench.server.content(1)


def test_mirrors_come_with_the_file(bench: Bench) -> None:
    job = bench.manager.create_job("test")
    spec = FileSpec("http://a/", bench.path(), mirrors=["http://b/", "http://c/"])
    job.add_file_set([spec])
    assert [source.url for source in job.file(0).sources] == ["http://a/", "http://b/", "http://c/"]
