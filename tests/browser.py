"""Headless Chromium for the tests that need a browser."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH")


def open_browser():
    """Give a context manager for Playwright, and a function that starts Chromium with it."""
    quiet = ["--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--no-first-run", "--no-sandbox"]  # fmt: skip
    return sync_playwright(), lambda driver: driver.chromium.launch(
        executable_path=CHROMIUM, args=quiet
    )


def serious_findings(page, selector):
    """What axe-core calls serious or critical inside one element, as short lines."""
    from axe_playwright_python.sync_playwright import Axe

    result = Axe().run(page, context=selector).response
    return [
        f"{found['id']}: {node['html'][:120]}"
        for found in result["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]
