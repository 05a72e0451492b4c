"""`bgcopy.pooch`, also by pooch's own tests."""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pooch
import pytest
from conftest import PATIENCE_S, until
from killing import FETCHED_MAX, STALL, content, fetched, kill_in_mid_file
from web import Web

import bgcopy
from bgcopy.pooch import Downloader

BODY = bytes(range(256)) * 1000

SHA256 = hashlib.sha256(BODY).hexdigest()


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_retrieve(web: Web, tmp_path: Path) -> None:
    found = pooch.retrieve(
        web.file("/a.bin", BODY), SHA256, "a.bin", tmp_path, downloader=Downloader()
    )
    assert Path(found).read_bytes() == BODY
    assert names(tmp_path) == ["a.bin"]
    # It is there.
    pooch.retrieve(web.address + "/a.bin", SHA256, "a.bin", tmp_path, downloader=Downloader())
    assert len(web.asked("/a.bin")) == 1


def test_registry(web: Web, tmp_path: Path) -> None:
    web.file("/v1/sub/a.bin", BODY)
    web.file("/v1/wrong.bin", BODY[1:])
    registry = {"sub/a.bin": f"sha256:{SHA256}", "wrong.bin": SHA256, "none.bin": None}
    data = pooch.create(tmp_path, web.address + "/v1", registry=registry)
    assert Path(data.fetch("sub/a.bin", downloader=Downloader())).read_bytes() == BODY
    with pytest.raises(ValueError, match="hash"):
        data.fetch("wrong.bin", downloader=Downloader())
    with pytest.raises(FileNotFoundError, match="404"):
        data.fetch("none.bin", downloader=Downloader())
    assert names(tmp_path) == ["sub", "sub/a.bin"]
    assert data.is_available("sub/a.bin", downloader=Downloader())
    assert not data.is_available("none.bin", downloader=Downloader())


def test_is_available_fetches_nothing(web: Web) -> None:
    for url in (web.file("/a", BODY), web.file("/b", b""), web.file("/c", BODY, ranges=False)):
        assert Downloader()(url, None, None, check_only=True) is True
    assert web.sent["/a"] == 1
    for status in (401, 403, 404, 410):
        url = web.file(f"/{status}", b"", status=status)
        assert Downloader()(url, None, None, check_only=True) is False
    still = web.file("/still", BODY, stall_after=0)
    with pytest.raises(TimeoutError):
        Downloader(timeout=0.2)(still, None, None, check_only=True)


def test_files_and_streams(web: Web, tmp_path: Path) -> None:
    url = web.file("/a", BODY)
    assert Downloader()(url, tmp_path / "path", None) is None
    assert Downloader()(url, str(tmp_path / "text"), None) is None
    into = io.BytesIO()
    assert Downloader()(url, into, None) is None
    assert (tmp_path / "path").read_bytes() == (tmp_path / "text").read_bytes() == BODY
    assert into.getvalue() == BODY
    with pytest.raises(ValueError, match="no file"):
        Downloader()(url, None, None)
    assert names(tmp_path) == ["path", "text"]


@pytest.mark.parametrize(
    ("status", "kind"), [(404, FileNotFoundError), (403, PermissionError), (400, OSError)]
)
def test_what_a_server_refuses(web: Web, tmp_path: Path, status: int, kind: type[OSError]) -> None:
    url = web.file("/a", b"", status=status)
    with pytest.raises(OSError, match=str(status)) as raised:
        Downloader()(url, tmp_path / "a", None)
    assert type(raised.value) is kind
    assert isinstance(raised.value.__cause__, bgcopy.BgcopyError)
    assert names(tmp_path) == []


def test_headers_and_credentials(web: Web, tmp_path: Path) -> None:
    downloader = Downloader(headers={"X-Own": "1"}, credentials=("user", "secret"))
    downloader(web.file("/a", BODY), tmp_path / "a", None)
    assert downloader(web.address + "/a", None, None, check_only=True)
    for request in web.requests:
        assert request.headers["X-Own"] == "1"
        # user:secret in base64.
        assert request.headers["Authorization"] == "Basic dXNlcjpzZWNyZXQ="


class Bar:
    """What pooch asks of a progress bar."""

    def __init__(self) -> None:
        self.total = 0
        self.value = 0
        self.calls: list[str] = []

    def update(self, amount: int) -> None:
        self.value += amount

    def reset(self) -> None:
        self.value = 0

    def close(self) -> None:
        self.calls.append("close")


def test_progress(web: Web, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = web.file("/a.bin", BODY)
    bar = Bar()
    Downloader(progressbar=bar)(url, tmp_path / "a", None)
    assert (bar.total, bar.value, bar.calls) == (len(BODY), len(BODY), ["close"])
    assert capsys.readouterr().err == ""
    Downloader(progressbar=True)(url, tmp_path / "a", None)
    assert "a.bin: 100%" in capsys.readouterr().err


KILLED = """
import sys, pooch, bgcopy.pooch
pooch.retrieve(sys.argv[1], None, "large", sys.argv[2], downloader=bgcopy.pooch.Downloader())
"""


def store_of(folder: Path, url: str) -> Path:
    return folder / ".bgcopy" / hashlib.sha256(url.encode()).hexdigest() / "queue"


def test_goes_on_after_a_kill(web: Web, tmp_path: Path) -> None:
    url = web.file("/large", content(), stall_after=STALL)
    kill_in_mid_file(KILLED, url, tmp_path, store=store_of(tmp_path, url))
    assert not (tmp_path / "large").exists()
    web.release()
    known = hashlib.sha256(content()).hexdigest()
    found = pooch.retrieve(url, known, "large", tmp_path, downloader=Downloader())
    assert Path(found).read_bytes() == content()
    assert fetched(web, "/large") <= FETCHED_MAX
    left = [name for name in names(tmp_path) if not name.startswith("tmp")]
    assert left == ["large"], "the temporary file of pooch's own is left by the kill"


def test_goes_on_after_a_failure(web: Web, tmp_path: Path) -> None:
    url = web.file("/large", content(), stall_after=STALL)
    with pytest.raises(TimeoutError):
        Downloader(timeout=1)(url, tmp_path / "a", None)
    assert names(tmp_path)[0] == ".bgcopy"
    web.release()
    Downloader()(url, tmp_path / "b", None)
    assert (tmp_path / "b").read_bytes() == content()
    assert names(tmp_path) == ["b"]
    assert fetched(web, "/large") <= FETCHED_MAX


def test_two_at_once_do_not_wait_for_each_other(web: Web, tmp_path: Path) -> None:
    url = web.file("/large", content(), stall_after=STALL)
    first = threading.Thread(target=Downloader(), args=(url, tmp_path / "a", None))
    first.start()
    until(lambda: web.sent.get("/large", 0) >= STALL)
    web.file("/large", content())
    Downloader()(url, tmp_path / "b", None)
    assert (tmp_path / "b").read_bytes() == content()
    assert not (tmp_path / "a").exists()
    web.release()
    first.join(PATIENCE_S)
    assert (tmp_path / "a").read_bytes() == content()
    assert names(tmp_path) == ["a", "b"]


def test_many_at_once(web: Web, tmp_path: Path) -> None:
    url = web.file("/a", BODY)
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(5):
                Downloader()(url, tmp_path / f"{number}-{turn}", None)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert failures == []
    assert len(names(tmp_path)) == 30
    assert all(path.read_bytes() == BODY for path in tmp_path.iterdir())


def test_without_pooch() -> None:
    program = "import sys; sys.modules['pooch'] = None\nimport bgcopy\nimport bgcopy.pooch"
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "ModuleNotFoundError: bgcopy.pooch needs pooch: pip install 'bgcopy[pooch]'" in (
        out.stderr
    )


OF_POOCH = [
    "test_core.py::test_retrieve",
    "test_core.py::test_retrieve_fname",
    "test_core.py::test_retrieve_default_path",
    "test_core.py::test_pooch_custom_url",
    "test_core.py::test_pooch_download",
    "test_core.py::test_pooch_download_retry_off_by_default",
    "test_core.py::test_pooch_download_retry",
    "test_core.py::test_pooch_download_retry_fails_eventually",
    "test_core.py::test_pooch_logging_level",
    "test_core.py::test_pooch_update",
    "test_core.py::test_pooch_corrupted",
    "test_core.py::test_check_availability",
    "test_core.py::test_fetch_with_downloader",
    "test_core.py::test_stream_download",
]
"""Those for downloads by http. The others are for other protocols and for DOIs on the internet, or
compare a bar letter by letter with that of a download from one server, which packs what it sends.
"""


def test_tests_of_pooch(tmp_path: Path) -> None:
    folder = Path(pooch.__file__).parent / "tests"
    web = Web(folder / "data")
    environment = {
        **os.environ,
        "POOCH_TEST_URL": web.address + "/",
        "PYTHONPATH": str(Path(__file__).parent),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    command = [sys.executable, "-m", "pytest", "-p", "pooch_plugin", "-c", os.devnull]
    command += ["-p", "no:cacheprovider", "-W", "ignore"]
    command += ["-k", "not figshare and not zenodo and not dataverse"]
    command += [f"--rootdir={tmp_path}", *(f"{folder}/{name}" for name in OF_POOCH)]
    ran: Any = subprocess.run(command, env=environment, capture_output=True, text=True)
    web.close()
    assert ran.returncode == 0, ran.stdout
    [passed] = re.findall(r"(\d+) passed", ran.stdout)
    # One of them has two cases.
    assert int(passed) == len(OF_POOCH) + 1
    assert len(web.requests) > len(OF_POOCH), "they asked our server"
