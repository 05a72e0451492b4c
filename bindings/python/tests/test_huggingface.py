"""`bgcopy.huggingface`, against a hub of our own that answers as the real one does."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from conftest import PATIENCE_S, until
from huggingface_hub.errors import (
    GatedRepoError,
    HFValidationError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from killing import FETCHED_MAX, LENGTH, STALL, content, kill_in_mid_file
from web import Answer, Request, Web

import bgcopy
from bgcopy import HResult, JobProgress
from bgcopy.huggingface import hf_hub_download, snapshot_download

TOKEN = "hf_secretOfTheTests"

PAGE = 3
"""Files on a page of the list."""


class Hub:
    """A hub, and the host that it has its large files on."""

    def __init__(self) -> None:
        self.web = Web()
        self.cdn = Web()
        self.web.route = self.answer
        self.cdn_address = self.cdn.address
        self.repos: dict[str, dict[str, dict[str, bytes]]] = {}
        """The files of each commit of each repository, by `models/owner/name`."""
        self.heads: dict[str, dict[str, str]] = {}
        self.is_private = False
        self.is_gated = False
        self.served: dict[str, bytes] = {}
        """What is sent in place of a file."""
        self.says: dict[str, Any] = {}
        """What is said of a file in place of what is true."""

    @property
    def address(self) -> str:
        return self.web.address

    def commit(self, repo: str, files: dict[str, bytes], head: str = "main") -> str:
        """Adds a commit, and returns its name."""
        text = json.dumps({name: hashlib.sha1(body).hexdigest() for name, body in files.items()})
        sha = hashlib.sha1(text.encode()).hexdigest()
        self.repos.setdefault(repo, {})[sha] = files
        self.heads.setdefault(repo, {})[head] = sha
        return sha

    def close(self) -> None:
        self.web.close()
        self.cdn.close()

    def answer(self, request: Request) -> Answer | None:
        path = unquote(urlsplit(request.path).path)
        if self.is_private and request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return refusal(401, "RepoNotFound")
        if self.is_gated:
            return refusal(403, "GatedRepo")
        if path.startswith("/api/"):
            return self.api(path.removeprefix("/api/"), request)
        begin, _, rest = path[1:].partition("/resolve/")
        repo = begin if begin.startswith(("datasets/", "spaces/")) else f"models/{begin}"
        sha, _, name = rest.partition("/")
        files = self.repos.get(repo, {}).get(sha, {})
        if name not in files:
            return refusal(404, "EntryNotFound")
        body = self.served.get(name, files[name])
        if not is_large(name):
            return Answer(body, headers={"X-Repo-Commit": sha})
        etag = hashlib.sha256(files[name]).hexdigest()
        place = f"/{etag}"
        if place not in self.cdn.answers:
            self.cdn.file(place, body)
        headers = {"Location": f"{self.cdn_address}{place}?signature=x", "X-Linked-ETag": etag}
        return Answer(status=302, headers=headers)

    def api(self, path: str, request: Request) -> Answer:
        kind, owner, name, *rest = path.split("/")
        repo = f"{kind}/{owner}/{name}"
        if repo not in self.repos:
            return refusal(404, "RepoNotFound")
        wanted = "main" if len(rest) < 2 else "/".join(rest[1:])
        sha = self.heads[repo].get(wanted, wanted)
        if sha not in self.repos[repo]:
            return refusal(404, "RevisionNotFound")
        if rest[:1] != ["tree"]:
            about = {"id": f"{owner}/{name}", "sha": sha, "private": self.is_private}
            return said({**about, "downloads": 0, "likes": 0, "tags": [], "siblings": []})
        query = parse_qs(urlsplit(request.path).query)
        begin = int(query.get("cursor", ["0"])[0])
        names = sorted(self.repos[repo][sha])
        answer = said([self.entry(n, self.repos[repo][sha][n]) for n in names[begin:][:PAGE]])
        if begin + PAGE < len(names):
            more = f"{self.address}/api/{path}?recursive=true&cursor={begin + PAGE}"
            answer.headers["Link"] = f'<{more}>; rel="next"'
        return answer

    def entry(self, name: str, body: bytes) -> dict[str, Any]:
        large = {"oid": hashlib.sha256(body).hexdigest(), "size": len(body), "pointerSize": 130}
        blob = hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()
        entry = {"type": "file", "path": name, "size": len(body), "oid": blob}
        return {**entry, **({"lfs": large} if is_large(name) else {}), **self.says.get(name, {})}


def is_large(name: str) -> bool:
    return name.endswith(".bin")


def said(value: object) -> Answer:
    return Answer(json.dumps(value).encode(), headers={"Content-Type": "application/json"})


def refusal(status: int, code: str) -> Answer:
    return Answer(b"{}", status, {"X-Error-Code": code, "Content-Type": "application/json"})


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    # Nobody's own token.
    monkeypatch.setattr("huggingface_hub.utils._headers.get_token", lambda: None)
    hub = Hub()
    yield hub
    hub.close()


FILES = {
    "README.md": b"# A model",
    "config.json": b'{"a": 1}',
    "empty.txt": b"",
    "sub/dir/a b#c.txt": b"a name",
    "weights.bin": bytes(range(256)) * 1000,
    "sub/more.bin": b"more" * 1000,
}


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_repository(hub: Hub, tmp_path: Path) -> None:
    hub.commit("models/owner/name", FILES)
    told: list[JobProgress] = []
    folder = snapshot_download(
        "owner/name", tmp_path / "model", endpoint=hub.address, progress=told.append
    )
    assert folder == tmp_path / "model"
    assert tree(folder) == FILES
    assert not (folder / ".bgcopy").exists()
    size = sum(map(len, FILES.values()))
    assert told[0] == JobProgress(size, 0, len(FILES), 0)
    assert told[-1] == JobProgress(size, size, len(FILES), len(FILES))


def test_what_is_there_is_not_fetched(hub: Hub, tmp_path: Path) -> None:
    hub.commit("models/owner/name", FILES)
    snapshot_download("owner/name", tmp_path, endpoint=hub.address)
    before = len(hub.web.requests), len(hub.cdn.requests)
    (tmp_path / "config.json").write_bytes(FILES["config.json"].replace(b"1", b"2"))
    (tmp_path / "weights.bin").write_bytes(FILES["weights.bin"][:-1] + b"x")
    (tmp_path / "own.txt").write_bytes(b"not of the repository")
    snapshot_download("owner/name", tmp_path, endpoint=hub.address)
    assert tree(tmp_path) == {**FILES, "own.txt": b"not of the repository"}
    asked = [one.path for one in hub.web.requests[before[0] :] if "/resolve/" in one.path]
    assert sorted(path.rpartition("/")[2] for path in asked) == ["config.json", "weights.bin"]
    assert len(hub.cdn.requests) == before[1] + 1


@pytest.mark.parametrize(("kind", "prefix"), [("dataset", "datasets"), ("space", "spaces")])
def test_other_repositories(hub: Hub, tmp_path: Path, kind: str, prefix: str) -> None:
    hub.commit(f"{prefix}/owner/name", FILES)
    snapshot_download("owner/name", tmp_path, repo_type=kind, endpoint=hub.address)
    assert tree(tmp_path) == FILES
    with pytest.raises(ValueError, match="no kernel"):
        snapshot_download("owner/name", tmp_path, repo_type="kernel", endpoint=hub.address)


def test_revisions(hub: Hub, tmp_path: Path) -> None:
    old = hub.commit("models/owner/name", {"a.txt": b"old", "a.bin": b"old"})
    hub.commit("models/owner/name", {"a.txt": b"branch"}, head="refs/pr/1")
    hub.commit("models/owner/name", {"a.txt": b"new", "a.bin": b"new"})
    for revision, text in (
        (None, b"new"),
        (old, b"old"),
        ("refs/pr/1", b"branch"),
        ("main", b"new"),
    ):
        snapshot_download("owner/name", tmp_path, revision=revision, endpoint=hub.address)
        assert (tmp_path / "a.txt").read_bytes() == text
    # A commit, whatever the branch is by then.
    urls = [one.path for one in hub.web.requests if "/resolve/" in one.path]
    assert all(len(url.split("/resolve/")[1].split("/")[0]) == 40 for url in urls)


def test_patterns_and_single_files(hub: Hub, tmp_path: Path) -> None:
    hub.commit("models/owner/name", FILES)
    at = hub.address
    snapshot_download(
        "owner/name",
        tmp_path / "1",
        allow_patterns="*.bin",
        ignore_patterns=["sub/*"],
        endpoint=at,
    )
    assert list(tree(tmp_path / "1")) == ["weights.bin"]
    found = hf_hub_download("owner/name", "sub/more.bin", tmp_path / "2", endpoint=at)
    assert found == tmp_path / "2/sub/more.bin"
    assert tree(tmp_path / "2") == {"sub/more.bin": FILES["sub/more.bin"]}
    with pytest.raises(FileNotFoundError, match=r"none\.txt"):
        hf_hub_download("owner/name", "none.txt", tmp_path / "3", endpoint=at)
    assert not (tmp_path / "3").exists()


def test_the_token_goes_to_the_hub_only(hub: Hub, tmp_path: Path) -> None:
    hub.commit("models/owner/name", FILES)
    hub.is_private = True
    with pytest.raises(RepositoryNotFoundError):
        snapshot_download("owner/name", tmp_path, endpoint=hub.address)
    with pytest.raises(RepositoryNotFoundError):
        snapshot_download("owner/name", tmp_path, endpoint=hub.address, token="hf_wrong")
    asked = len(hub.web.requests)
    snapshot_download("owner/name", tmp_path, endpoint=hub.address, token=TOKEN)
    assert tree(tmp_path) == FILES
    told = [one.headers.get("Authorization") for one in hub.web.requests[asked:]]
    assert set(told) == {f"Bearer {TOKEN}"}
    assert len(hub.cdn.requests) == 2
    assert not any(TOKEN in str(request) for request in hub.cdn.requests)


def test_the_token_goes_to_no_other_name_of_the_host(hub: Hub, tmp_path: Path) -> None:
    hub.commit("models/owner/name", FILES)
    hub.is_private = True
    port = urlsplit(hub.address).port
    hub.cdn_address = f"http://localhost:{port}"
    for name in ("weights.bin", "sub/more.bin"):
        digest = hashlib.sha256(FILES[name]).hexdigest()
        hub.web.file(f"/{digest}", FILES[name])
        hub.cdn.file(f"/{digest}", b"")
    snapshot_download("owner/name", tmp_path, endpoint=hub.address, token=TOKEN)
    assert tree(tmp_path) == FILES
    elsewhere = [one for one in hub.web.requests if one.headers["Host"].startswith("localhost")]
    assert len(elsewhere) == 2
    assert not any(TOKEN in str(request) for request in elsewhere)


def test_a_token_of_the_user_is_taken(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.commit("models/owner/name", FILES)
    hub.is_private = True
    monkeypatch.setattr("huggingface_hub.utils._headers.get_token", lambda: TOKEN)
    snapshot_download("owner/name", tmp_path, endpoint=hub.address)
    assert tree(tmp_path) == FILES
    with pytest.raises(RepositoryNotFoundError):
        snapshot_download("owner/name", tmp_path, endpoint=hub.address, token=False)


def test_what_the_hub_refuses(hub: Hub, tmp_path: Path) -> None:
    hub.commit("models/owner/name", FILES)
    with pytest.raises(RepositoryNotFoundError):
        snapshot_download("owner/none", tmp_path, endpoint=hub.address)
    with pytest.raises(RevisionNotFoundError):
        snapshot_download("owner/name", tmp_path, revision="none", endpoint=hub.address)
    with pytest.raises(HFValidationError):
        snapshot_download("a/b/c", tmp_path, endpoint=hub.address)
    hub.is_gated = True
    with pytest.raises(GatedRepoError):
        snapshot_download("owner/name", tmp_path, endpoint=hub.address)
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("name", ["weights.bin", "config.json"])
def test_a_wrong_hash(hub: Hub, tmp_path: Path, name: str) -> None:
    hub.commit("models/owner/name", FILES)
    hub.served[name] = FILES[name][:-1] + b"x"
    with pytest.raises(OSError, match="hash") as raised:
        snapshot_download("owner/name", tmp_path, endpoint=hub.address)
    assert raised.value.filename.endswith(name)
    cause = raised.value.__cause__
    assert isinstance(cause, bgcopy.TransferError)
    assert cause.hresult is HResult.BGCOPY_E_HASH_MISMATCH
    assert tree(tmp_path) == {one: body for one, body in FILES.items() if one != name}
    assert not (tmp_path / ".bgcopy").exists()


def test_a_file_that_cannot_be_had(hub: Hub, tmp_path: Path) -> None:
    # It is not the last of them.
    hub.commit("models/owner/name", {**FILES, "a.bin": b"cannot be had"})
    place = f"/{hashlib.sha256(b'cannot be had').hexdigest()}"
    for status, kind in ((404, FileNotFoundError), (403, PermissionError)):
        hub.cdn.file(place, b"", status=status)
        with pytest.raises(kind, match=str(status)):
            snapshot_download("owner/name", tmp_path, endpoint=hub.address)
        assert tree(tmp_path) == FILES


@pytest.mark.parametrize(
    "name",
    [
        "../a.txt",
        "/a.txt",
        "sub/../../a.txt",
        "a//b.txt",
        "./a.txt",
        ".bgcopy/queue/x",
        ".BGCOPY/x",
    ],
)
def test_names_that_lead_elsewhere_are_refused(hub: Hub, tmp_path: Path, name: str) -> None:
    hub.commit("models/owner/name", {**FILES, name: b"evil"})
    with pytest.raises(ValueError, match="cannot be put"):
        snapshot_download("owner/name", tmp_path / "model", endpoint=hub.address)
    assert tree(tmp_path) == {}


KILLED = """
import sys
from bgcopy.huggingface import snapshot_download
token = sys.argv[3] or False
snapshot_download("owner/name", sys.argv[1], endpoint=sys.argv[2], token=token)
"""


def stalled(hub: Hub) -> str:
    """Has the large file stand still, and returns where it is at the other host."""
    hub.commit("models/owner/name", {"large.bin": content(), "small.txt": b"small"})
    place = f"/{hashlib.sha256(content()).hexdigest()}"
    hub.cdn.file(place, content(), stall_after=STALL)
    return place


@pytest.mark.parametrize("head", ["the same", "another commit"])
def test_goes_on_after_a_kill(hub: Hub, tmp_path: Path, head: str) -> None:
    place = stalled(hub)
    hub.is_private = True
    store = tmp_path / ".bgcopy/queue"
    kill_in_mid_file(KILLED, tmp_path, hub.address, TOKEN, store=store)
    assert not (tmp_path / "large.bin").exists()
    stored = [path for path in store.rglob("*") if path.is_file()]
    assert stored
    assert not any(TOKEN.encode() in path.read_bytes() for path in stored)
    if head == "another commit":
        # As if the old one were gone.
        hub.repos.clear()
        hub.commit("models/owner/name", {"large.bin": content(), "small.txt": b"another"})
    hub.cdn.release()
    snapshot_download("owner/name", tmp_path, endpoint=hub.address, token=TOKEN)
    assert (tmp_path / "large.bin").read_bytes() == content()
    assert hub.cdn.sent[place] <= FETCHED_MAX * LENGTH
    assert not (tmp_path / ".bgcopy").exists()


def test_goes_on_without_the_token_of_before(hub: Hub, tmp_path: Path) -> None:
    place = stalled(hub)
    kill_in_mid_file(KILLED, tmp_path, hub.address, TOKEN, store=tmp_path / ".bgcopy/queue")
    hub.cdn.release()
    snapshot_download("owner/name", tmp_path, endpoint=hub.address, timeout=PATIENCE_S)
    assert (tmp_path / "large.bin").read_bytes() == content()
    assert hub.cdn.sent[place] <= FETCHED_MAX * LENGTH


def test_another_call_leaves_alone_what_it_does_not_want(hub: Hub, tmp_path: Path) -> None:
    place = stalled(hub)
    kill_in_mid_file(KILLED, tmp_path, hub.address, "", store=tmp_path / ".bgcopy/queue")
    hub.cdn.release()
    sent = hub.cdn.sent[place]
    hf_hub_download("owner/name", "small.txt", tmp_path, endpoint=hub.address)
    assert tree(tmp_path).keys() >= {"small.txt"}
    [kept] = bgcopy.Reader(tmp_path / ".bgcopy/queue").jobs()
    assert kept.state is bgcopy.JobState.SUSPENDED
    snapshot_download("owner/name", tmp_path, endpoint=hub.address)
    assert tree(tmp_path) == {"large.bin": content(), "small.txt": b"small"}
    assert sent <= hub.cdn.sent[place] <= FETCHED_MAX * LENGTH


def test_other_content_for_a_place_takes_it(hub: Hub, tmp_path: Path) -> None:
    stalled(hub)
    with pytest.raises(TimeoutError):
        snapshot_download("owner/name", tmp_path, endpoint=hub.address, timeout=1)
    hub.commit("models/owner/name", {"large.bin": b"another", "small.txt": b"small"})
    snapshot_download("owner/name", tmp_path, endpoint=hub.address)
    assert tree(tmp_path) == {"large.bin": b"another", "small.txt": b"small"}


def test_a_second_call_waits_for_the_first(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = stalled(hub)
    done: list[int] = []
    opened: list[Path] = []

    def manager(store: Path) -> bgcopy.Manager:
        opened.append(store)
        return bgcopy.Manager(store)

    monkeypatch.setattr("bgcopy.huggingface.Manager", manager)

    def work(number: int) -> None:
        snapshot_download("owner/name", tmp_path, endpoint=hub.address)
        done.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    threads[0].start()
    until(lambda: hub.cdn.sent.get(place, 0) >= STALL)
    threads[1].start()
    # It has asked what there is, and is at the lock.
    until(lambda: len([one for one in hub.web.requests if "/tree/" in one.path]) >= 2)
    threads[1].join(0.5)
    assert (done, len(opened)) == ([], 1)
    hub.cdn.release()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert sorted(done) == [0, 1]
    assert hub.cdn.sent[place] == LENGTH
    assert len(opened) == 1, "the second one finds that nothing is to be done"
    assert tree(tmp_path) == {"large.bin": content(), "small.txt": b"small"}


def test_many_files(hub: Hub, tmp_path: Path) -> None:
    files = {f"{n % 7}/{n}.{'bin' if n % 3 else 'txt'}": b"%d" % n * n for n in range(300)}
    hub.commit("models/owner/name", files)
    snapshot_download("owner/name", tmp_path, endpoint=hub.address)
    assert tree(tmp_path) == files


def test_without_huggingface_hub() -> None:
    program = "import sys; sys.modules['huggingface_hub'] = None\nimport bgcopy.huggingface"
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    text = "bgcopy.huggingface needs huggingface_hub: pip install 'bgcopy[huggingface]'"
    assert f"ModuleNotFoundError: {text}" in out.stderr
