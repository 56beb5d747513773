"""Pictures of the explorer for the guides, from the served version of a home.

``python -m scripts.pictures HOME`` writes docs/images/explorer-*.png, so that they show what the explorer shows.

Belongs here: which parts of the page are on which picture. Does not belong here: the page.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from orchestration.configuration.deployment import load_deployment
from orchestration.explorer.about import about_version
from orchestration.explorer.page import explorer_html
from orchestration.publishing.version_store import VersionStore
from orchestration.repository import ROOT
from scripts.chromium import FLAGS, chromium_path

IMAGES = ROOT / "docs" / "images"


@dataclass(frozen=True)
class Picture:
    """A part of the page.

    Attributes:
        name: Of its file.
        address: What is chosen.
        width: Of the window, in pixels.
        height: Of the picture, in pixels.
        start: Selector of the element with which the picture begins; the top of the page without one.
        is_dark: Whether the page is dark.
    """

    name: str
    address: str
    width: int
    height: int
    start: str = ""
    is_dark: bool = False


PICTURES = (
    Picture("explorer-overview", "#scheme=rfm", 1280, 1060),
    Picture("explorer-persona", "#scheme=rfm&segment=champions", 1280, 760, start=".persona"),
    Picture("explorer-movement", "#scheme=lifecycle", 1280, 860, start="#section-movement", is_dark=True),
    Picture("explorer-phone", "#scheme=value_tier", 390, 844, start="#section-segments"),
)


def main(home: Path) -> None:
    """Write every picture.

    Args:
        home: The state folder whose served version is shown; its ``tessera.yml`` is found as by ``tessera run``.
    """
    deployment = load_deployment(None, home)
    version = VersionStore(deployment.home.published).current()
    path = chromium_path()
    if version is None or path is None:
        sys.exit("pictures: " + ("nothing has been published" if version is None else "there is no Chromium"))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page = Path(folder) / "explorer.html"
        page.write_text(explorer_html(version.path, about_version(deployment, version.name)), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        for picture in PICTURES:
            _take(browser, page, picture)
        browser.close()


def _take(browser: Browser, file: Path, picture: Picture) -> None:
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.is_dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(file.as_uri() + picture.address)
    page.wait_for_selector("html[data-ready]")
    if picture.start:
        # What stays on top of the screen would cover the beginning.
        page.add_style_tag(content="#switch { position: static !important } html { scroll-padding-top: 0.6rem }")
        page.evaluate("(start) => document.querySelector(start).scrollIntoView()", picture.start)
    # Charts are drawn when they come into view.
    page.wait_for_timeout(1500)
    page.screenshot(path=IMAGES / f"{picture.name}.png")
    context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
