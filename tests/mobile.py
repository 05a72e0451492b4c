"""The legs of Kotlin and Swift: what they need, and the commands they run.

Both languages are generated from the built library, compiled with our
additions and the scenarios, and run against the scriptable server. Nothing
comes from a repository of Java: the npm package of the Kotlin compiler holds
the standard library, the coroutines and the test library, and Debian has JNA
and JUnit. Swift is Debian's, in a root folder of a later Debian.
"""

import os
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "target"
BINDINGS = ROOT / "bindings" / "uniffi"
RELEASE = TARGET / "release"
SERVER = RELEASE / "bgcopy-test-server"

KOTLIN = "2.4.20"
KOTLIN_HOME = TARGET / f"kotlin-{KOTLIN}" / "node_modules" / "kotlin-compiler"
KOTLIN_LIB = KOTLIN_HOME / "lib"
JAVA_LIB = Path("/usr/share/java")

# What `--targets` type-checks.
TARGETS = ["aarch64-linux-android", "aarch64-apple-ios", "aarch64-apple-darwin"]

SWIFT_ROOT = Path("/var/cache/bgcopy/swift-trixie")


def packages():
    """The Debian packages that are missing on this machine for both legs."""
    wanted = ["libjna-java", "libjna-jni", "junit4", "libhamcrest-java", "debootstrap"]
    for program, package in (("java", "openjdk-17-jre-headless"), ("npm", "npm")):
        if not shutil.which(program):
            wanted.append(package)
    return wanted


def generate(language):
    """The commands that build the library, the generated sources and the server."""
    return [[BINDINGS / "generate", language],
            ["cargo", "build", "--release", "-p", "bgcopy-test-server"]]


def kotlin_compiler():
    """The command that fetches the compiler, if it is not there."""
    if (KOTLIN_LIB / "kotlin-compiler.jar").exists():
        return []
    return [["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--prefix",
             TARGET / f"kotlin-{KOTLIN}", f"kotlin-compiler@{KOTLIN}"]]


def swift_root():
    """The command that makes the root folder with Swift, which does nothing if it
    is there."""
    return [[*sudo(), ROOT / "tests" / "swift-root", "make", SWIFT_ROOT]]


def downloads():
    """What both legs fetch."""
    return kotlin_compiler() + swift_root()


def kotlin_steps():
    """What is done before the scenarios of Kotlin can run."""
    steps = kotlin_compiler() + generate("kotlin")
    generated, sources = TARGET / "kotlin" / "generated", BINDINGS / "kotlin" / "src"
    steps.append(kotlinc([generated, sources / "main" / "kotlin"], TARGET / "kotlin" / "bgcopy.jar"))
    steps.append(kotlinc([sources / "test" / "kotlin"], TARGET / "kotlin" / "scenarios.jar", "bgcopy"))
    steps.append(kotlinc([ROOT / "examples" / "kotlin"], TARGET / "kotlin" / "example.jar"))
    return steps


def class_path(*ours):
    """The libraries, and jars of our own by name."""
    theirs = ["kotlin-stdlib", "kotlinx-coroutines-core-jvm", "kotlin-test", "kotlin-test-junit"]
    jars = [KOTLIN_LIB / f"{name}.jar" for name in theirs]
    jars += [JAVA_LIB / f"{name}.jar" for name in ("jna", "junit4", "hamcrest-all")]
    jars += [TARGET / "kotlin" / f"{name}.jar" for name in ours]
    return ":".join(map(str, jars))


def kotlinc(sources, jar, friend=None):
    """Compiles to a jar; all but our own library use that. A friend's internal
    names can be used."""
    compiler = ["kotlin-compiler", "kotlin-stdlib", "kotlin-script-runtime", "kotlin-reflect",
                "kotlin-daemon-client", "annotations-13.0", "kotlinx-coroutines-core-jvm"]
    command = ["java", "-Xmx2g", "-cp", ":".join(str(KOTLIN_LIB / f"{name}.jar") for name in compiler),
               "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler", "-kotlin-home", KOTLIN_HOME,
               "-no-reflect", "-no-stdlib", "-jvm-target", "17", "-d", jar]
    if jar.name == "bgcopy.jar":
        # The generated source has warnings that are not ours to mend.
        return command + ["-nowarn", "-cp", class_path(), *sources]
    if friend:
        command.append(f"-Xfriend-paths={TARGET / 'kotlin' / friend}.jar")
    return command + ["-Werror", "-cp", class_path("bgcopy"), *sources]


def java(main, *jars):
    """Runs a main class of a jar."""
    return ["java", "-Xmx1g", f"-Djna.library.path={RELEASE}",
            # Debian's JNA has its native part in the system's folders.
            "-Djna.nosys=false", f"-Dbgcopy.test.server={SERVER}",
            "-cp", class_path("bgcopy", *jars), main]


def kotlin_scenarios():
    return java("bgcopy.RunnerKt", "scenarios")


def kotlin_example():
    return [sys.executable, ROOT / "tests" / "example.py", "kotlin", *java("MainKt", "example")]


def sudo():
    return [] if os.geteuid() == 0 else ["sudo", "-n"]


def in_swift_root(command):
    """A command of the shell in the Swift root."""
    environment = f"export HOME=/tmp LD_LIBRARY_PATH={RELEASE} BGCOPY_TEST_SERVER={SERVER}"
    return [*sudo(), ROOT / "tests" / "swift-root", "run", SWIFT_ROOT, ROOT,
            f"{environment}; cd {ROOT} && {command}"]


def swift_build(package, scratch):
    """What all calls of the package manager have in common."""
    return f"--package-path {package} --scratch-path {TARGET / 'swift' / scratch} -Xlinker -L{RELEASE}"


def swift_steps():
    """What is done before the scenarios of Swift can run."""
    return [
        *swift_root(),
        *generate("swift"),
        in_swift_root(f"swift build --build-tests {swift_build(BINDINGS / 'swift', 'scenarios')}"),
        in_swift_root(f"swift build {swift_build(ROOT / 'examples' / 'swift' / 'Example', 'example')}"),
    ]


def swift_scenarios():
    return in_swift_root(f"swift test --skip-build {swift_build(BINDINGS / 'swift', 'scenarios')}")


def swift_counts(output):
    """What XCTest says last, of all suites, in the words that are counted."""
    found = re.findall(r"Executed (\d+) tests?, with (\d+) failures?", output)
    ran, failed = map(int, found[-1]) if found else (0, 0)
    print(f"{ran - failed} passed, {failed} failed", flush=True)
    return ran - failed, failed


def swift_example():
    program = TARGET / "swift" / "example" / "debug" / "Example"
    return [sys.executable, ROOT / "tests" / "example.py", "swift", *in_swift_root(f'{program} "$@"')]
