"""An emulated link: two network namespaces, and between them a rate, a delay, a queue and a loss.

    with Link(rate=20e6, delay_ms=15, queue=200 * 1024, loss=0.01) as link:
        server = link.start_far(["nginx", ...])
        client = link.run_near(["curl", f"http://{FAR}:8000/file"])

Packets go from a TUN device in one namespace through this process to one in the other: in each
direction a token leaves the queue at the rate, a packet that finds the queue full is dropped, as
is one in so many at random (seeded), and what is left arrives after the delay. Needs /dev/net/tun
and the right to make namespaces; `available()` says whether they are there.

Python copies each packet: up to some 200 Mbit/s on one processor. CPU time of the clients does not
count it.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import heapq
import os
import random
import selectors
import struct
import subprocess
import threading
import time
from collections import deque
from pathlib import Path

NEAR, FAR = "10.99.0.1", "10.99.0.2"

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
CLONE_NEWNET = 0x40000000
PACKET_BYTES_MAX = 65536


def available() -> bool:
    """True if links can be made here."""
    try:
        with Link(rate=1e6, delay_ms=1):
            return True
    except OSError:
        return False


class Direction:
    """One way of the link: what waits for the rate, and what is on its way."""

    def __init__(self, rate: float, delay_s: float, queue: int, loss: float, seed: int):
        self.rate, self.delay_s, self.most, self.loss = rate / 8, delay_s, queue, loss
        self.random = random.Random(seed)
        self.waiting: deque[bytes] = deque()
        self.waiting_bytes = 0
        self.free_at = 0.0
        self.flying: list[tuple[float, int, bytes]] = []
        self.count = self.dropped = self.lost = self.bytes = 0
        self.waiting_bytes_max = 0
        # What left by the port that it came from, of TCP over IPv4.
        self.by_port: dict[int, int] = {}

    def enter(self, packet: bytes) -> None:
        if self.loss and self.random.random() < self.loss:
            self.lost += 1
        elif self.waiting_bytes + len(packet) > self.most:
            self.dropped += 1
        else:
            self.waiting.append(packet)
            self.waiting_bytes += len(packet)
            self.waiting_bytes_max = max(self.waiting_bytes_max, self.waiting_bytes)

    def move(self, now: float) -> float | None:
        """Lets packets leave the queue that are due; when the next thing happens."""
        while self.waiting and self.free_at <= now:
            packet = self.waiting.popleft()
            self.waiting_bytes -= len(packet)
            self.free_at = max(self.free_at, now - 0.01) + len(packet) / self.rate
            self.count += 1
            self.bytes += len(packet)
            port = int.from_bytes(packet[20:22], "big")
            self.by_port[port] = self.by_port.get(port, 0) + len(packet)
            # A late turn gives the rate back what it missed, but no packet travels faster for it.
            leaves_at = max(self.free_at, now)
            heapq.heappush(self.flying, (leaves_at + self.delay_s, self.count, packet))
        due = [self.free_at] if self.waiting else []
        due += [self.flying[0][0]] if self.flying else []
        return min(due, default=None)

    def arrived(self, now: float) -> list[bytes]:
        packets = []
        while self.flying and self.flying[0][0] <= now:
            packets.append(heapq.heappop(self.flying)[2])
        return packets


class Link:
    """Two namespaces with a link between them, as long as the block lasts."""

    def __init__(
        self,
        rate: float,
        delay_ms: float,
        queue: int = 200 * 1024,
        loss: float = 0.0,
        seed: int = 1,
    ):
        """`rate` in bits a second each way, `delay_ms` of the round trip, `queue` in bytes each
        way, `loss` as a share of the packets from the far side."""
        delay_s = delay_ms / 2000
        self.to_near = Direction(rate, delay_s, queue, loss, seed)
        self.to_far = Direction(rate, delay_s, queue, 0.0, seed)
        self.namespaces: list[int] = []
        self.devices: list[int] = []
        self.children: list[subprocess.Popen] = []

    def __enter__(self) -> Link:
        try:
            for address, other in ((NEAR, FAR), (FAR, NEAR)):
                namespace, device = in_new_namespace(address, other)
                self.namespaces.append(namespace)
                self.devices.append(device)
        except (OSError, subprocess.CalledProcessError) as error:
            self.close()
            raise OSError(f"no link can be made here: {error}") from error
        self.ends, self.is_over = os.pipe()
        self.thread = threading.Thread(target=self.forward)
        self.thread.start()
        return self

    def __exit__(self, *_) -> None:
        for child in self.children:
            child.kill()
            child.wait()
        os.close(self.is_over)
        self.thread.join()
        os.close(self.ends)
        self.close()

    def close(self) -> None:
        for descriptor in self.namespaces + self.devices:
            os.close(descriptor)
        self.namespaces, self.devices = [], []

    def start_far(self, command: list[str], **options) -> subprocess.Popen:
        """Starts a server; it is killed when the block ends."""
        child = self.start(1, command, **options)
        self.children.append(child)
        return child

    def start_near(self, command: list[str], **options) -> subprocess.Popen:
        return self.start(0, command, **options)

    def start(self, side: int, command: list[str], **options) -> subprocess.Popen:
        enter = ["nsenter", f"--net=/proc/{os.getpid()}/fd/{self.namespaces[side]}"]
        return subprocess.Popen([*enter, *command], **options)

    def forward(self) -> None:
        near, far = self.devices
        ways = {near: (self.to_far, far), far: (self.to_near, near)}
        with selectors.DefaultSelector() as selector:
            for descriptor in (near, far, self.ends):
                selector.register(descriptor, selectors.EVENT_READ)
            due = None
            while True:
                wait = None if due is None else max(0.0, due - time.monotonic())
                ready = selector.select(wait)
                if any(key.fd == self.ends for key, _ in ready):
                    return
                for key, _ in ready:
                    direction, _ = ways[key.fd]
                    for packet in packets_of(key.fd):
                        direction.enter(packet)
                now = time.monotonic()
                dues = []
                for direction, target in ways.values():
                    due_of = direction.move(now)
                    for packet in direction.arrived(now):
                        deliver(target, packet)
                    if due_of is not None:
                        dues.append(due_of)
                due = min(dues, default=None)


def set_congestion_control() -> None:
    """CUBIC, as most servers have it, or Reno where that may not be set: neither takes loss as
    lightly as BBR does."""
    setting = Path("/proc/sys/net/ipv4/tcp_congestion_control")
    try:
        setting.write_text("cubic")
    except PermissionError:
        setting.write_text("reno")


def deliver(device: int, packet: bytes) -> None:
    """To a device that is down nothing comes."""
    try:
        os.write(device, packet)
    except OSError as error:
        if error.errno != errno.EIO:
            raise


def packets_of(device: int) -> list[bytes]:
    packets = []
    while len(packets) < 64:
        try:
            packets.append(os.read(device, PACKET_BYTES_MAX))
        except BlockingIOError:
            break
    return packets


def in_new_namespace(address: str, other: str) -> tuple[int, int]:
    """Makes a namespace with a TUN device in it: a descriptor of each."""
    made: list = []

    def make() -> None:
        # A namespace is a thread's own: this one ends, and the descriptors keep it.
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(CLONE_NEWNET) != 0:
            made.append(OSError(ctypes.get_errno(), "unshare"))
            return
        try:
            namespace = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
            device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", b"link0", IFF_TUN | IFF_NO_PI))
            for words in (
                ["address", "add", f"{address}/32", "peer", other, "dev", "link0"],
                ["link", "set", "link0", "txqueuelen", "1000", "up"],
                ["link", "set", "lo", "up"],
            ):
                subprocess.run(["ip", *words], check=True)
            set_congestion_control()
            made.append((namespace, device))
        except (OSError, subprocess.CalledProcessError) as error:
            made.append(error)

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    if isinstance(made[0], Exception):
        raise made[0]
    return made[0]
