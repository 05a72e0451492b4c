"""Has pooch's own tests use our downloader and a server on this machine: a plugin of pytest for a
process of its own, which is loaded before the tests are.
"""

from __future__ import annotations

import os

import pooch.downloaders
import pooch.tests.utils

import bgcopy.pooch

pooch.downloaders.HTTPDownloader = bgcopy.pooch.Downloader
pooch.tests.utils.pooch_test_url = lambda: os.environ["POOCH_TEST_URL"]
