"""Which URL goes to which file, and how a job is known again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote_to_bytes

from ._vocab import ErrorContext, HResult
from .errors import InvalidArgumentError
from .records import FileSpec

NAMELESS = "index.html"
"""What a server's own name for its folder is saved as."""

DISPLAY_NAME_MAX = 256
"""What the library takes as a name for people, in characters."""


def absolute(path: str | os.PathLike[str]) -> str:
    """A path, from the current folder."""
    return os.path.abspath(os.fspath(path))


def name_in_url(url: str) -> str:
    """The last part of a URL's path as the name of a file. Whether the rest of
    it is a URL is for the library to say.
    """
    path = url.split("://", 1)[-1]
    for mark in "?#":
        path = path.split(mark, 1)[0]
    last = path.rpartition("/")[2] if "/" in path else ""
    name = unquote_to_bytes(last).decode("utf-8", "replace")
    if not name:
        return NAMELESS
    if (
        name in (".", "..")
        or "/" in name
        or any(ord(char) < 32 or ord(char) == 127 for char in name)
    ):
        raise InvalidArgumentError(
            HResult.E_INVALIDARG,
            ErrorContext.NONE,
            f"{url} does not end in a name for a file: give one",
        )
    return name


def key(files: Sequence[FileSpec]) -> str:
    """What a download is described with, so that the same targets find it again.
    The order of the targets does not matter. The program `bgcopy` does it in
    the same way, and so takes up the same jobs.
    """
    # Neither name holds control characters. Code points and their UTF-8 have one order.
    pairs = sorted((file.remote_name, os.fspath(file.local_name)) for file in files)
    text = "".join(f"{remote_name}\t{local_name}\n" for remote_name, local_name in pairs)
    return f"bgcopy get {hashlib.sha256(text.encode()).hexdigest()}"


def display_name(files: Sequence[FileSpec]) -> str:
    """What a job with these files is called."""
    if len(files) == 1:
        return Path(files[0].local_name).name[:DISPLAY_NAME_MAX]
    return f"{len(files)} files"


def make_folders(files: Sequence[FileSpec]) -> None:
    """Makes the folders that files go to."""
    for folder in {os.path.dirname(file.local_name) for file in files}:
        os.makedirs(folder, exist_ok=True)
