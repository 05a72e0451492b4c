"""Which URL goes to which file, and how a job is known again."""

from __future__ import annotations

import codecs
import os
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote_to_bytes

from ._vocab import ErrorContext, HResult
from .errors import InvalidArgumentError
from .records import FileSpec

NAMELESS = "index.html"
"""What a server's own name for its folder is saved as."""

_ESCAPED = "bgcopy.escaped"


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(f"%{byte:02X}" for byte in error.object[error.start : error.end]), error.end


codecs.register_error(_ESCAPED, _escape)

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
    # What is no UTF-8 stays an escape, and so does a percent sign that would look
    # like one: two names do not become one.
    last = re.sub("%25(?=[0-9A-Fa-f]{2})", "%2525", last)
    name = unquote_to_bytes(last).decode("utf-8", _ESCAPED)
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


def display_name(files: Sequence[FileSpec]) -> str:
    """What a job with these files is called."""
    if len(files) == 1:
        return _label(Path(files[0].local_name).name)[:DISPLAY_NAME_MAX]
    return f"{len(files)} files"


def _label(name: str) -> str:
    """The name of a file without what a display name cannot have."""
    return "".join(
        {"\t": "\\t", "\r": "\\r", "\n": "\\n"}.get(char, f"\\u{{{ord(char):x}}}")
        if unicodedata.category(char) == "Cc"
        else f"\\x{ord(char) & 0xFF:02X}"
        if "\udc80" <= char <= "\udcff"
        else char
        for char in name
    )


def make_folders(files: Sequence[FileSpec]) -> None:
    """Makes the folders that files go to."""
    for folder in {os.path.dirname(file.local_name) for file in files}:
        os.makedirs(folder, exist_ok=True)
