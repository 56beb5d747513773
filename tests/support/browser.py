"""A real browser that opens a page from disk and remembers what went wrong.

Belongs here: starting Chromium, what a page logged and asked for. Does not belong here: what a page should show.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from scripts.chromium import FLAGS, chromium_path

DESKTOP, PHONE = {"width": 1440, "height": 1000}, {"width": 390, "height": 844}


@dataclass
class Opened:
    """A page, and what it did that it should not.

    Attributes:
        page: The page of Playwright.
        complaints: Errors and warnings of its scripts.
        requests: Addresses that it asked for beside itself.
    """

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def choose(self, **state: str) -> None:
        """Go to an address of the page, as a link would."""
        told = "&".join(f"{name}={value}" for name, value in state.items())
        self.page.evaluate(f"location.hash = '#{told}'")
        self.page.wait_for_timeout(150)

    def draw_all(self) -> None:
        """Open what is folded and scroll through, so that every chart is drawn."""
        self.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        for y in range(0, self.page.evaluate("document.documentElement.scrollHeight"), 800):
            self.page.evaluate(f"window.scrollTo(0, {y})")
            self.page.wait_for_timeout(40)
        self.page.wait_for_function("[...document.querySelectorAll('.plot')].every((one) => one.dataset.drawn)")


@contextmanager
def started() -> Iterator[Browser]:
    """Chromium; the test is skipped where there is none."""
    path = chromium_path()
    if path is None:
        pytest.skip("NO BROWSER: the page is NOT TESTED in one; install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser, file: Path, *, at: str = "", ready: str = "html[data-ready]", **options: Any
) -> Iterator[Opened]:
    """Open a file in a window of its own, without a network; ``ready`` selects what shows that it can be used."""
    context = browser.new_context(**({"viewport": DESKTOP} | options))
    context.set_offline(True)
    page = context.new_page()
    found = Opened(page)
    page.on("console", lambda said: found.complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    address = file.resolve().as_uri()
    page.on("request", lambda asked: found.requests.append(asked.url) if not asked.url.startswith(address) else None)
    page.goto(address + at)
    page.wait_for_selector(ready, timeout=15_000)
    yield found
    context.close()
