"""The leg of Windows: the library is built for it and its scenarios in C and C++
run under Wine.

Nothing here runs on Windows itself. The compiler is the one of `targets`, and
links with mingw-w64.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = "x86_64-pc-windows-gnu"
BUILT = ROOT / "target" / "windows"
SCENARIOS = BUILT / "scenarios"
WINE = "/usr/lib/wine/wine64"

PACKAGES = ["wine64"]


def steps():
    """What is done before the scenarios can run, each with its environment."""
    rustc = ROOT / "target" / "targets" / "tools" / "rustc-1.96"
    cross = {
        "RUSTC": str(rustc),
        "RUSTC_BOOTSTRAP": "1",
        "CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER": "x86_64-w64-mingw32-gcc",
    }
    build = ["cargo", "build", "--release", "-Zbuild-std", "-p", "bgcopy-ffi",
             "--target", TARGET, "--target-dir", BUILT]
    release = BUILT / TARGET / "release"
    stub = ["x86_64-w64-mingw32-gcc", "-shared", "-O2", "-Wall", "-Wextra", "-o",
            SCENARIOS / "bcryptprimitives.dll", ROOT / "tests/wine/bcryptprimitives.c", "-ladvapi32"]
    return [
        ([ROOT / "tests" / "newer-rustc"], {}),
        (build, cross),
        (["mkdir", "-p", SCENARIOS], {}),
        (["cp", release / "bgcopy.dll", release / "libbgcopy.dll.a", SCENARIOS], {}),
        (stub, {}),
        # The first start makes the folder in which programs find a Windows.
        ([WINE, "wineboot", "--init"], environment()),
    ]


def scenarios():
    """The command that runs the scenarios."""
    return ["cargo", "test", "--release", "-p", "bgcopy-ffi", "--test", "windows"]


def environment():
    """What the programs need."""
    return {
        "WINEPREFIX": str(BUILT / "prefix"),
        "WINEDEBUG": "-all",
        "BGCOPY_WINDOWS": str(SCENARIOS),
    }
