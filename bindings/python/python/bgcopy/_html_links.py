"""The links of a page."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin


def link_targets(page: str, text: str) -> Iterator[str]:
    """The URLs that a page leads to, by its own URL and its text."""
    parser = _Anchors()
    parser.feed(text)
    parser.close()
    for target in parser.targets:
        # What is no URL leads nowhere.
        with contextlib.suppress(ValueError):
            yield urldefrag(urljoin(page, target)).url


class _Anchors(HTMLParser):
    """The targets of the links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.targets += [value for name, value in attrs if name == "href" and value]
