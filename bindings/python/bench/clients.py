"""One way to download many files, measured in a process of its own.

    python clients.py NAME LIST FOLDER

LIST has a URL a line; they go to FOLDER under their numbers. Prints JSON: seconds,
processor seconds, and the most memory the process had.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

AT_ONCE = 16
"""Files at a time, for everybody: what bgcopy does unless told otherwise."""

PIECE = 256 * 1024
"""Bytes per read and write, for everybody who lets one choose."""

Work = Callable[[list[tuple[str, Path]]], None]


def use_bgcopy() -> Work:
    import bgcopy

    return lambda targets: bgcopy.download_many(targets) and None


def use_requests() -> Work:
    import requests
    from requests.adapters import HTTPAdapter

    def work(targets: list[tuple[str, Path]]) -> None:
        with requests.Session() as session, ThreadPoolExecutor(AT_ONCE) as pool:
            session.mount("http://", HTTPAdapter(pool_maxsize=AT_ONCE))

            def fetch(target: tuple[str, Path]) -> None:
                with session.get(target[0], stream=True) as response, target[1].open("wb") as file:
                    response.raise_for_status()
                    for piece in response.iter_content(PIECE):
                        file.write(piece)

            list(pool.map(fetch, targets))

    return work


def use_httpx() -> Work:
    import httpx

    async def main(targets: list[tuple[str, Path]]) -> None:
        places = asyncio.Semaphore(AT_ONCE)
        limits = httpx.Limits(max_connections=AT_ONCE)
        async with httpx.AsyncClient(limits=limits, timeout=None) as client:

            async def fetch(url: str, path: Path) -> None:
                async with places, client.stream("GET", url) as response:
                    response.raise_for_status()
                    with path.open("wb") as file:
                        async for piece in response.aiter_bytes():
                            file.write(piece)

            await asyncio.gather(*(fetch(url, path) for url, path in targets))

    return lambda targets: asyncio.run(main(targets))


def use_aiohttp() -> Work:
    import aiohttp

    async def main(targets: list[tuple[str, Path]]) -> None:
        connector = aiohttp.TCPConnector(limit=AT_ONCE)
        timeout = aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:

            async def fetch(url: str, path: Path) -> None:
                async with session.get(url) as response:
                    response.raise_for_status()
                    with path.open("wb") as file:
                        async for piece in response.content.iter_chunked(PIECE):
                            file.write(piece)

            await asyncio.gather(*(fetch(url, path) for url, path in targets))

    return lambda targets: asyncio.run(main(targets))


def use_pooch() -> Work:
    import pooch

    pooch.get_logger().setLevel("ERROR")

    def fetch(target: tuple[str, Path]) -> None:
        pooch.retrieve(
            target[0],
            known_hash=None,
            fname=target[1].name,
            path=target[1].parent,
            downloader=pooch.HTTPDownloader(chunk_size=PIECE),
        )

    def work(targets: list[tuple[str, Path]]) -> None:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(fetch, targets))

    return work


def use_parfive() -> Work:
    import parfive

    def work(targets: list[tuple[str, Path]]) -> None:
        loader = parfive.Downloader(max_conn=AT_ONCE, max_splits=1, progress=False)
        for url, path in targets:
            loader.enqueue_file(url, path=path.parent, filename=path.name)
        failed = loader.download().errors
        assert not failed, failed

    return work


def use_pycurl() -> Work:
    import pycurl

    def work(targets: list[tuple[str, Path]]) -> None:
        multi, waiting, files = pycurl.CurlMulti(), list(reversed(targets)), {}
        idle = [pycurl.Curl() for _ in range(AT_ONCE)]
        while waiting or files:
            while waiting and idle:
                url, path = waiting.pop()
                handle = idle.pop()
                files[handle] = path.open("wb")
                handle.setopt(pycurl.URL, url)
                handle.setopt(pycurl.FAILONERROR, True)
                handle.setopt(pycurl.BUFFERSIZE, PIECE)
                handle.setopt(pycurl.WRITEDATA, files[handle])
                multi.add_handle(handle)
            multi.perform()
            _, done, failed = multi.info_read()
            assert not failed, failed
            for handle in done:
                multi.remove_handle(handle)
                files.pop(handle).close()
                idle.append(handle)
            if files and not done:
                multi.select(1.0)

    return work


CLIENTS: dict[str, Callable[[], Work]] = {
    "bgcopy": use_bgcopy,
    "requests, threads": use_requests,
    "httpx": use_httpx,
    "aiohttp": use_aiohttp,
    "pooch, threads": use_pooch,
    "parfive": use_parfive,
    "pycurl, multi": use_pycurl,
}


def cpu() -> float:
    """Processor seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main(name: str, listed: str, folder: str) -> None:
    urls = Path(listed).read_text().split()
    targets = [(url, Path(folder) / f"{number:04}") for number, url in enumerate(urls)]
    work = CLIENTS[name]()
    before, began = cpu(), time.perf_counter()
    work(targets)
    measured: dict[str, Any] = {
        "seconds": time.perf_counter() - began,
        "cpu": cpu() - before,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "bytes": sum(path.stat().st_size for _, path in targets),
    }
    print(json.dumps(measured))


if __name__ == "__main__":
    main(*sys.argv[1:])
