"""Nothing of the Rust API is missing here."""

from __future__ import annotations

import ast
import re

from conftest import ROOT

import bgcopy

HANDLES = ROOT / "core/src/handle"
PACKAGE = ROOT / "bindings/python/python/bgcopy"
STUBS = (PACKAGE / "_bgcopy.pyi", PACKAGE / "_file_reader.py")

ELSEWHERE = {
    "Manager.open": "it is the constructor",
    "Reader.open": "it is the constructor",
    "FileReader.read_within": "it is `read` and `readinto`, as of any stream of Python",
    "FileReader.read_if_wanted": "`read_async` keeps the position of a task that is cancelled",
    "FileReader.read_interruptible": "a read ends at Ctrl-C, `read_async` with its task",
    "FileReader.move_to": "it is `seek`",
    "FileReader.position": "it is `tell`",
    "FileReader.is_verified": "it is `verified`",
    "Job.seconds_left": "it is `time_left`, a timedelta",
    "Job.wait_interruptible": "`wait` ends at Ctrl-C, `wait_async` with its task",
    "Manager.next_event_interruptible": "so do `next_event` and `async for`",
}
"""What has another name here, and why."""


def rust_methods() -> set[str]:
    """The public methods of the handles in the core, as `Class.method`."""
    found = set()
    for source in HANDLES.glob("*.rs"):
        handle = None
        for line in source.read_text().splitlines():
            if opening := re.match(r"impl (\w+) \{", line):
                handle = opening[1]
            elif line == "}":
                handle = None
            method = re.match(r"    pub fn (\w+)", line)
            if method and handle in ("Manager", "Job", "File", "FileReader", "Reader"):
                found.add(f"{handle}.{method[1]}")
    return found


def python_methods() -> set[str]:
    """The methods here; a property that can be set counts as a setter, too."""
    found = set()
    for node in (node for stub in STUBS for node in ast.parse(stub.read_text()).body):
        if isinstance(node, ast.ClassDef):
            for member in node.body:
                if isinstance(member, ast.FunctionDef):
                    setters = [one for one in member.decorator_list if is_setter(one)]
                    name = f"set_{member.name}" if setters else member.name
                    found.add(f"{node.name}.{name}")
    return found


def is_setter(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Attribute) and decorator.attr == "setter"


def test_every_method_of_a_handle_is_here() -> None:
    wanted = rust_methods()
    assert len(wanted) > 80, "the sources are read"
    assert ELSEWHERE.keys() <= wanted, "an exception is stale"
    assert wanted - python_methods() - ELSEWHERE.keys() == set()


def test_stubs_are_of_what_is_there() -> None:
    for name in python_methods():
        handle, method = name.split(".")
        if handle not in ("RawReader", "Source"):
            known = getattr(bgcopy, handle)
            assert hasattr(known, method) or hasattr(known, method.removeprefix("set_")), name
