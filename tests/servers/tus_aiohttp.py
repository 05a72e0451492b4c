"""The tus server of aiohttp-tus: tus_aiohttp.py PORT FOLDER"""

import asyncio
import sys
from pathlib import Path

from aiohttp import web
from aiohttp_tus import setup_tus


async def main(port, folder):
    app = setup_tus(web.Application(), upload_path=folder, upload_url="/files", allow_overwrite_files=True)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
