"""Pictures of the explorer and of Dagster for the guides, from a home with a published night.

``python -m scripts.pictures HOME`` writes docs/images/explorer-*.png and dagster-*.png, so that they show what readers
see. Dagster is started on the home: give a copy of one that somebody works with.

Belongs here: what is on which picture. Does not belong here: the pages; starting Dagster (dagster_ui.py).
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
from scripts.dagster_ui import dagster_ui

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


@dataclass(frozen=True)
class Screen:
    """A page of Dagster.

    Attributes:
        name: Of its file.
        path: Of the page.
        awaited: Selector of what must be there.
        clicks: Selectors of what is pressed, in order.
    """

    name: str
    path: str
    awaited: str
    clicks: tuple[str, ...] = ()


_WINDOW = {"width": 1900, "height": 1250}
SCREENS = (
    # Without the tree of groups at its left the graph has the whole width.
    Screen("dagster-night", "/asset-groups", "text=segmentations", ("text=Hide navigation",)),
    Screen(
        "dagster-scheme",
        "/assets/segmentations/seg_customers__rfm",
        "text=Row count",
        ("tr:has-text('as a picture') >> text=Show Markdown",),
    ),
    Screen(
        "dagster-checks",
        "/assets/marts/customers?view=checks",
        "text=contract__customers",
        ("text=contract__customers",),
    ),
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
        with dagster_ui(deployment.config_path, deployment.home.root, checkout=ROOT) as address:
            for screen in SCREENS:
                _take_screen(browser, address, screen)
        browser.close()


def _take_screen(browser: Browser, address: str, screen: Screen) -> None:
    page = browser.new_page(viewport=_WINDOW)
    page.set_default_timeout(120_000)
    page.goto(f"{address}{screen.path}")
    page.wait_for_selector(screen.awaited)
    # The layout of the graph is worked out after the page is there.
    page.wait_for_timeout(6000)
    for selector in screen.clicks:
        page.click(selector)
        page.wait_for_timeout(3000)
    page.screenshot(path=IMAGES / f"{screen.name}.png")
    page.close()


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
