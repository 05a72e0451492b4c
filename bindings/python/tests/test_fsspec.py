"""`bgcopy.fsspec`, also by the abstract tests of fsspec."""

from __future__ import annotations

import io
import json
import os
import pickle
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from conftest import LENGTH, PATIENCE_S, Server
from fsspec.callbacks import Callback
from fsspec.implementations.local import LocalFileSystem
from fsspec.registry import _registry
from fsspec.tests.abstract import AbstractFixtures, AbstractGetTests, AbstractPipeTests
from fsspec.tests.abstract.common import GLOB_EDGE_CASES_TESTS
from killing import FETCHED_MAX, STALL, content, fetched, kill_in_mid_file
from web import Web

import bgcopy
import bgcopy.fsspec
from bgcopy.fsspec import BgcopyFileSystem

BODY = bytes(range(256)) * 1000


@pytest.fixture
def fs() -> BgcopyFileSystem:
    return BgcopyFileSystem(skip_instance_cache=True)


@pytest.fixture
def temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What this process makes for a time goes here, and nothing of any other process does."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


# Names.


def test_has_names_of_its_own_only() -> None:
    names = ["http", "https", "bgcopy", "bgcopy+http", "bgcopy+https"]
    program = f"""if True:
        import json
        from fsspec.registry import known_implementations as known
        print(json.dumps({{name: known[name]["class"] for name in {names}}}))
    """
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout
    ours = "bgcopy.fsspec.BgcopyFileSystem"
    theirs = "fsspec.implementations.http.HTTPFileSystem"
    assert json.loads(out) == {
        "http": theirs,
        "https": theirs,
        "bgcopy": ours,
        "bgcopy+http": ours,
        "bgcopy+https": ours,
    }
    assert isinstance(fsspec.filesystem("bgcopy"), BgcopyFileSystem)


def test_opens_urls_with_the_prefix(web: Web) -> None:
    url = web.file("/a", BODY)
    with fsspec.open(f"bgcopy+{url}", "rb") as file:
        assert isinstance(file, bgcopy.fsspec.BgcopyFile)
        assert file.read() == BODY
    with fsspec.open(f"simplecache::bgcopy+{url}", "rb") as file:
        assert file.read() == BODY


def test_register_takes_http(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    for scheme in ("http", "https"):
        # Put back at the end.
        monkeypatch.setitem(_registry, scheme, None)
    bgcopy.fsspec.register()
    with fsspec.open(web.file("/a", BODY), "rb") as file:
        assert isinstance(file, bgcopy.fsspec.BgcopyFile)
    assert fsspec.get_filesystem_class("https") is BgcopyFileSystem


def test_without_fsspec() -> None:
    program = "import sys; sys.modules['fsspec'] = None\nimport bgcopy\nimport bgcopy.fsspec"
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "ModuleNotFoundError: bgcopy.fsspec needs fsspec: pip install 'bgcopy[fsspec]'" in (
        out.stderr
    )


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://h/a", "/etc/passwd", "a"])
def test_other_schemes_are_refused(fs: BgcopyFileSystem, url: str) -> None:
    for call in (fs.cat, fs.info, fs.exists, fs.open, fs.ls, lambda url: fs.get(url, "x")):
        with pytest.raises(ValueError, match="no http or https URL"):
            call(url)


def test_can_be_pickled_and_is_made_once(web: Web) -> None:
    one = fsspec.filesystem("bgcopy", headers={"X": "y"})
    assert fsspec.filesystem("bgcopy", headers={"X": "y"}) is one
    again = pickle.loads(pickle.dumps(one))
    again.cat(web.file("/a", BODY))
    assert web.asked("/a")[-1].headers["X"] == "y"
    assert BgcopyFileSystem.from_json(one.to_json()).cat(web.file("/b", BODY)) == BODY


# Reading.


def test_cat(fs: BgcopyFileSystem, web: Web, temporary_folder: Path) -> None:
    one, two = web.file("/one", BODY), web.file("/two", b"")
    assert fs.cat(one) == BODY
    assert fs.cat([one, two]) == {one: BODY, two: b""}
    assert fs.cat(web.file("/q", b"q") + "?a=1&b=2") == b"q"
    assert list(temporary_folder.iterdir()) == []


RANGES = [
    (0, 10),
    (5, None),
    (None, 7),
    (-7, None),
    (-7, -3),
    (10, 10),
    (10, 5),
    (len(BODY) - 5, len(BODY) + 5),
    (len(BODY), None),
    (len(BODY) + 1, len(BODY) + 2),
    (0, len(BODY) * 2),
]


@pytest.mark.parametrize("ranges", [True, False], ids=["ranges", "no ranges"])
@pytest.mark.parametrize(("start", "end"), RANGES)
def test_cat_of_a_part(
    fs: BgcopyFileSystem, web: Web, start: int | None, end: int | None, ranges: bool
) -> None:
    url = web.file("/a", BODY, ranges=ranges)
    assert fs.cat_file(url, start, end) == BODY[start:end]
    assert fs.cat_ranges([url], start, end) == [BODY[start:end]]


def test_a_part_is_all_that_is_fetched(fs: BgcopyFileSystem, web: Web) -> None:
    url = web.file("/a", BODY)
    assert fs.cat_file(url, 1000, 2000) == BODY[1000:2000]
    assert fs.tail(url, 10) == BODY[-10:]
    assert web.sent["/a"] <= 1000 + 10 + 1
    assert fs.head(url, 10) == BODY[:10]
    assert fs.read_block(url, 1000, 50) == BODY[1000:1050]
    assert web.sent["/a"] <= 1000 + 10 + 1 + 10 + 50
    assert fs.read_block(url, 1000, 50, b"\n") == BODY[1035:1291]


def test_info(fs: BgcopyFileSystem, web: Web) -> None:
    headers = {"Last-Modified": "Tue, 01 Jan 2019 00:00:00 GMT"}
    url = web.file("/a", BODY, headers=headers)
    info = fs.info(url)
    assert {"name": url, "size": len(BODY), "type": "file"}.items() <= info.items()
    assert info["mimetype"] == "application/octet-stream"
    assert web.sent["/a"] == 1
    assert fs.size(url) == len(BODY)
    assert fs.modified(url).year == 2019
    assert (fs.isfile(url), fs.isdir(url), fs.exists(url)) == (True, False, True)
    key = fs.ukey(url)
    assert fs.ukey(url) == key
    web.file("/a", BODY[1:] + b"x", headers=headers)
    assert fs.ukey(url) != key
    with pytest.raises(NotImplementedError):
        fs.modified(web.file("/b", BODY))


@pytest.mark.parametrize(
    ("rest", "size"),
    [
        ({"ranges": False}, len(BODY)),
        ({"ranges": False, "chunked": True, "stall_after": 100}, None),
    ],
)
def test_info_without_ranges(fs: BgcopyFileSystem, web: Web, rest: Any, size: Any) -> None:
    assert fs.size(web.file("/a", BODY, **rest)) == size
    assert fs.size(web.file("/empty", b"")) == 0


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (404, FileNotFoundError),
        (410, FileNotFoundError),
        (401, PermissionError),
        (403, PermissionError),
        (400, OSError),
    ],
)
def test_what_a_server_refuses(
    fs: BgcopyFileSystem, web: Web, tmp_path: Path, status: int, kind: type[OSError]
) -> None:
    url = web.file("/a", b"", status=status)
    calls: list[Callable[[], object]] = [
        lambda: fs.cat(url),
        lambda: fs.cat_file(url, 1, 2),
        lambda: fs.get(url, str(tmp_path / "a")),
        lambda: fs.info(url),
        lambda: fs.size(url),
        lambda: fs.open(url),
        lambda: fs.ls(url),
    ]
    if kind is not FileNotFoundError:
        calls.append(lambda: fs.exists(url))
    for call in calls:
        with pytest.raises(OSError, match=str(status)) as raised:
            call()
        assert type(raised.value) is kind
        assert raised.value.filename == url
        cause = raised.value.__cause__
        assert isinstance(cause, bgcopy.BgcopyError)
        assert cause.hresult.http_status == status
    assert fs.isdir(url) is False
    if kind is FileNotFoundError:
        assert fs.exists(url) is False
    assert list(tmp_path.iterdir()) == []


def test_nothing_comes(web: Web) -> None:
    fs = BgcopyFileSystem(no_progress_timeout=0, skip_instance_cache=True)
    with pytest.raises(OSError, match="503"):
        fs.cat(web.file("/busy", b"", status=503))
    still = BgcopyFileSystem(timeout=0.2, skip_instance_cache=True)
    url = web.file("/still", BODY, stall_after=100)
    for call in (still.cat, lambda url: still.open(url).read()):
        with pytest.raises(TimeoutError):
            call(url)


def test_headers_and_credentials(web: Web, tmp_path: Path) -> None:
    fs = BgcopyFileSystem(
        headers={"X-Own": "1"}, credentials=("user", "secret"), skip_instance_cache=True
    )
    url = web.file("/a", BODY)
    assert fs.cat(url) == fs.cat_file(url, 0) == BODY
    fs.get(url, str(tmp_path / "a"))
    fs.open(url).close()
    fs.info(url)
    assert len(web.requests) >= 5
    for request in web.requests:
        assert request.headers["X-Own"] == "1"
        # user:secret in base64.
        assert request.headers["Authorization"] == "Basic dXNlcjpzZWNyZXQ="
    with pytest.raises(ValueError, match="a name and a password"):
        BgcopyFileSystem(credentials=("user",), skip_instance_cache=True)


# Open files.


def test_open_streams(fs: BgcopyFileSystem, web: Web) -> None:
    url = web.file("/a", content(), stall_after=STALL)
    with fs.open(url) as file:
        # The rest is still to come.
        assert file.read(1000) == content()[:1000]
        assert file.size == len(content())
        assert web.sent["/a"] <= STALL
        file.seek(-5, io.SEEK_END)
        threading.Timer(0.05, web.release).start()
        assert file.read() == content()[-5:]
        assert (file.tell(), file.seekable(), file.writable()) == (len(content()), True, False)


def test_open_is_a_file_as_any_other(
    fs: BgcopyFileSystem, web: Web, temporary_folder: Path
) -> None:
    text = "".join(f"line {n} ä\n" for n in range(20_000))
    url = web.file("/a", text.encode())
    with fs.open(url, "r", encoding="utf-8") as lines:
        assert list(lines) == text.splitlines(keepends=True)
    with fs.open(url) as file:
        assert file.readline() == b"line 0 \xc3\xa4\n"
        assert file.seek(5) == 5
        assert file.read(1) == b"0"
        assert file.details["size"] == len(text.encode())
        assert file.full_name == url
        assert list(temporary_folder.iterdir()) != []
    assert file.closed
    file.close()
    with pytest.raises(ValueError, match="closed"):
        file.read()
    with fs.open(web.file("/empty", b"")) as empty:
        assert (empty.read(), empty.size) == (b"", 0)
    assert list(temporary_folder.iterdir()) == []


def test_open_of_unknown_size(fs: BgcopyFileSystem, web: Web) -> None:
    url = web.file("/a", BODY, ranges=False, chunked=True, stall_after=100)
    with fs.open(url) as file:
        assert file.size is None
        threading.Timer(0.05, web.release).start()
        assert file.seek(-3, io.SEEK_END) == len(BODY) - 3
        assert file.read() == BODY[-3:]


@pytest.mark.parametrize("mode", ["wb", "ab", "xb", "r+b", "w"])
def test_open_is_for_reading_only(fs: BgcopyFileSystem, web: Web, mode: str) -> None:
    with pytest.raises(NotImplementedError, match="reading only"):
        fs.open(web.file("/a", BODY), mode)
    assert web.requests == []


def test_threads_share_a_file_system(fs: BgcopyFileSystem, web: Web) -> None:
    bodies = {f"/{n}": bytes([n]) * 10_000 for n in range(32)}
    urls = {path: web.file(path, body) for path, body in bodies.items()}
    found: dict[str, bytes] = {}
    threads = [
        threading.Thread(target=lambda path=path: found.update({path: fs.cat(urls[path])}))
        for path in bodies
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert found == bodies


FORKED = """
import os, sys, warnings, fsspec
warnings.simplefilter("ignore", DeprecationWarning)
fs = fsspec.filesystem("bgcopy")
assert len(fs.cat(sys.argv[1])) == 256_000
if (child := os.fork()) == 0:
    os._exit(0 if len(fs.cat(sys.argv[1])) == 256_000 else 1)
assert os.waitpid(child, 0)[1] == 0
"""


def test_a_child_forked_between_two_calls_works(web: Web) -> None:
    command = [sys.executable, "-c", FORKED, web.file("/a", BODY)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)
    assert (ran.returncode, ran.stderr) == (0, "")


# Getting.


class Told(Callback):  # type: ignore[misc]
    """Writes down what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.values: list[tuple[int | None, int]] = []

    def call(self, *args: Any, **kwargs: Any) -> None:
        self.values.append((self.size, self.value))


def test_get(fs: BgcopyFileSystem, web: Web, tmp_path: Path) -> None:
    url = web.file("/a", BODY)
    told = Told()
    fs.get_file(url, str(tmp_path / "sub/a"), callback=told)
    assert (tmp_path / "sub/a").read_bytes() == BODY
    assert told.values[-1] == (len(BODY), len(BODY))
    into = io.BytesIO()
    told = Told()
    fs.get_file(url, into, callback=told)
    assert into.getvalue() == BODY
    assert told.values[-1] == (len(BODY), len(BODY))
    with pytest.raises(OSError, match="hash"):
        fs.get(url, str(tmp_path / "b"), sha256=bytes(32))
    fs.get([url, web.file("/c", b"c")], [str(tmp_path / "d"), str(tmp_path / "e")])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d", "e", "sub"]


KILLED = """
import sys, fsspec
fsspec.filesystem("bgcopy", store=sys.argv[1]).get(sys.argv[2], sys.argv[3])
"""


def test_get_goes_on_after_a_kill(web: Web, tmp_path: Path) -> None:
    url = web.file("/large", content(), stall_after=STALL)
    store, target = tmp_path / "store", tmp_path / "large"
    kill_in_mid_file(KILLED, store, url, target, store=store)
    assert not target.exists()
    web.release()
    fsspec.filesystem("bgcopy", store=store, skip_instance_cache=True).get(url, str(target))
    assert target.read_bytes() == content()
    assert fetched(web, "/large") <= FETCHED_MAX


# Sending.


def test_put_and_pipe(fs: BgcopyFileSystem, server: Server, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(server.content(3))
    told = Told()
    url = f"{server.address}/up/fsspec-put"
    fs.put_file(str(source), url, callback=told)
    assert server.sent("/up/fsspec-put") == source.read_bytes()
    assert told.values[-1] == (LENGTH, LENGTH)
    with pytest.raises(FileExistsError):
        fs.put_file(str(source), url, mode="create")
    with pytest.raises(NotImplementedError, match="append"):
        fs.pipe_file(url, b"x", mode="append")
    fs.put(str(source), f"{server.address}/up/fsspec-again")
    assert server.sent("/up/fsspec-again") == source.read_bytes()
    fs.pipe({f"{server.address}/up/fsspec-pipe": b"value"})
    assert server.sent("/up/fsspec-pipe") == b"value"
    with pytest.raises(FileNotFoundError):
        fs.put_file(str(tmp_path / "none"), url)


# Folders.


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Web]:
    (tmp_path / "www/sub/deep").mkdir(parents=True)
    for name in ("one.csv", "two.csv", "with space.txt", "sub/three.csv", "sub/deep/four.csv"):
        (tmp_path / "www" / name).write_text(name)
    web = Web(tmp_path / "www")
    yield web
    web.close()


def test_folders_are_pages_of_links(fs: BgcopyFileSystem, tree: Web, tmp_path: Path) -> None:
    at = tree.address
    for root in (at, at + "/"):
        assert fs.ls(root, detail=False) == [
            f"{at}/{name}" for name in ("one.csv", "sub", "two.csv", "with%20space.txt")
        ]
    assert fs.ls(f"{at}/one.csv") == [fs.info(f"{at}/one.csv")]
    assert fs.isdir(f"{at}/sub")
    assert fs.isdir(f"{at}/sub/")
    assert not fs.isdir(f"{at}/one.csv")
    assert fs.glob(f"{at}/*.csv") == [f"{at}/one.csv", f"{at}/two.csv"]
    assert fs.glob(f"{at}/**/four.csv") == [f"{at}/sub/deep/four.csv"]
    assert fs.glob(f"{at}/none") == []
    assert fs.find(f"{at}/sub") == [f"{at}/sub/deep/four.csv", f"{at}/sub/three.csv"]
    fs.get(f"{at}/sub/", str(tmp_path / "got"), True)
    assert (tmp_path / "got/deep/four.csv").read_text() == "sub/deep/four.csv"
    with pytest.raises(FileNotFoundError):
        fs.ls(f"{at}/none")


def test_links_to_elsewhere_are_left_out(fs: BgcopyFileSystem, web: Web) -> None:
    page = """<a href="ok">1</a><a href="/top">2</a><a href="http://elsewhere/a/x">3</a>
    <a href="../up">4</a><a href="?q=1">5</a><a href="deep/er">6</a><a href="http://[">7</a>
    <a href="javascript:x()">8</a><a href="ok#part">9</a><a>10</a>"""
    web.file("/a/", page.encode(), headers={"Content-Type": "text/html"})
    assert fs.ls(f"{web.address}/a/", detail=False) == [f"{web.address}/a/ok"]


class OfFsspec(AbstractFixtures):  # type: ignore[misc]
    """A folder of a web server for fsspec's own tests; they make and delete their files on its
    disk.
    """

    @pytest.fixture
    def www(self, tmp_path: Path) -> Iterator[Web]:
        (tmp_path / "www").mkdir()
        web = Web(tmp_path / "www")
        yield web
        web.close()

    @pytest.fixture
    def fs(self) -> BgcopyFileSystem:
        return BgcopyFileSystem(skip_instance_cache=True)

    @pytest.fixture
    def fs_path(self, www: Web) -> str:
        return www.address

    @pytest.fixture
    def fs_join(self) -> Callable[..., str]:
        return lambda *parts: "/".join(parts)

    def made(self, scenario: Callable[..., str], www: Web) -> str:
        """Makes a scenario on the disk, and says where the server has it."""
        assert www.folder is not None
        local = LocalFileSystem(auto_mkdir=True)
        path = scenario(local, os.path.join, str(www.folder))
        return path.replace(str(www.folder), www.address)

    @pytest.fixture
    def fs_bulk_operations_scenario_0(self, www: Web) -> str:
        return self.made(self._bulk_operations_scenario_0, www)

    @pytest.fixture
    def fs_glob_edge_cases_files(self, www: Web) -> str:
        return self.made(self._glob_edge_cases_files, www)

    @pytest.fixture
    def fs_dir_and_file_with_same_name_prefix(self, www: Web) -> str:
        return self.made(self._dir_and_file_with_same_name_prefix, www)

    @pytest.fixture
    def fs_10_files_with_hashed_names(self, www: Web) -> str:
        return self.made(self._10_files_with_hashed_names, www)

    @pytest.fixture
    def fs_target(self, server: Server, request: pytest.FixtureRequest) -> str:
        return f"{server.address}/up/abstract-{request.node.name}"


GLOBS = [case for case in GLOB_EDGE_CASES_TESTS["argvalues"] if "?" not in case[0]]
"""A question mark begins the query of a URL."""


class TestGetOfFsspec(OfFsspec, AbstractGetTests):  # type: ignore[misc]
    """Files and trees to the local disk."""

    @pytest.mark.parametrize(GLOB_EDGE_CASES_TESTS["argnames"], GLOBS)
    def test_get_glob_edge_cases(
        self,
        path: str,
        recursive: bool,
        maxdepth: int | None,
        expected: list[str],
        fs: BgcopyFileSystem,
        fs_join: Callable[..., str],
        fs_glob_edge_cases_files: str,
        local_fs: LocalFileSystem,
        local_join: Callable[..., str],
        local_target: str,
    ) -> None:
        super().test_get_glob_edge_cases(
            path,
            recursive,
            maxdepth,
            expected,
            fs,
            fs_join,
            fs_glob_edge_cases_files,
            local_fs,
            local_join,
            local_target,
        )

    def test_get_directory_recursive(
        self,
        fs: BgcopyFileSystem,
        fs_join: Callable[..., str],
        fs_path: str,
        local_fs: LocalFileSystem,
        local_join: Callable[..., str],
        local_target: str,
        www: Web,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def touch(url: str) -> None:
            LocalFileSystem(auto_mkdir=True).touch(url.replace(www.address, str(www.folder)))

        monkeypatch.setattr(fs, "touch", touch)
        super().test_get_directory_recursive(
            fs, fs_join, fs_path, local_fs, local_join, local_target
        )


class TestPipeOfFsspec(OfFsspec, AbstractPipeTests):  # type: ignore[misc]
    """Bytes to a server."""
