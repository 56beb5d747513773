"""The way of somebody who has never seen the project: clone it, run it, look at it, break it, get it back.

``python -m scripts.strangers_path FOLDER`` does in an empty folder what the README and the operating guide promise, by
the console and in Dagster's pages, and leaves a picture of every step in FOLDER/pictures. Any step that does not show
what it should ends it.

Environment: ``TESSERA_STRANGER_VENV`` links an environment that is there instead of installing one;
``TESSERA_STRANGER_CUSTOMERS`` makes the simulated company smaller; PIP_FIND_LINKS and PIP_CERT are handed on.

Belongs here: the steps and what a person sees at each. Does not belong here: starting Dagster (dagster_ui.py).
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from playwright.sync_api import Browser, Page, sync_playwright

from orchestration.errors import TesseraError
from orchestration.repository import ROOT
from scripts.chromium import FLAGS, chromium_path
from scripts.dagster_ui import dagster_ui

SCHEME = "seg_customers__rfm"
# What is cut out of which file.
BROKEN_FILE, CUT_COLUMN = "products.csv", "sku"
_WIDE = {"width": 1500, "height": 1000}
_A_RUN_SECONDS = 3600
_ENDED = ("SUCCESS", "FAILURE", "CANCELED")


@dataclass(frozen=True)
class Stranger:
    """Somebody's folder, and what they look with.

    Attributes:
        folder: Holds the clone and the pictures.
        browser: Theirs.
        address: Of Dagster's pages.
    """

    folder: Path
    browser: Browser
    address: str = ""

    @property
    def checkout(self) -> Path:
        return self.folder / "tessera"

    @property
    def home(self) -> Path:
        return self.checkout / ".tessera"

    @property
    def samples(self) -> Path:
        return self.home / "samples" / "company"

    @property
    def served(self) -> str:
        """The name of the version that readers see."""
        return (self.home / "published" / "current").readlink().name


def main(folder: Path) -> None:
    """Walk the whole way.

    Raises:
        TesseraError: A step did not show what it should.
    """
    path = chromium_path()
    if path is None:
        sys.exit("strangers_path: there is no Chromium")
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        stranger = Stranger(folder, browser)
        clone_and_run(stranger)
        look_at_the_explorer(stranger, "1-explorer")
        config = stranger.samples / "tessera.yml"
        with dagster_ui(config, stranger.home, checkout=stranger.checkout) as address:
            stranger = Stranger(folder, browser, address)
            look_at_the_lineage(stranger)
            materialize_a_scheme(stranger)
            break_a_source_and_run(stranger)
            mend_it_and_run(stranger)
            roll_back(stranger)
        browser.close()


def clone_and_run(stranger: Stranger) -> None:
    """``git clone`` and ``make run``."""
    _command(["git", "clone", "--quiet", str(ROOT), str(stranger.checkout)], cwd=stranger.folder)
    arguments = ["make", "run"]
    if environment := os.environ.get("TESSERA_STRANGER_VENV"):
        (stranger.checkout / ".venv").symlink_to(environment, target_is_directory=True)
        # As old as it may be, nothing is installed into it.
        arguments += ["-o", ".venv/.ready"]
    if customers := os.environ.get("TESSERA_STRANGER_CUSTOMERS"):
        arguments.append(f"CUSTOMERS={customers}")
    _command(arguments, cwd=stranger.checkout)
    _expect(stranger.served == "v000001", "make run publishes a first version", stranger.served)


def look_at_the_explorer(stranger: Stranger, picture: str) -> None:
    """Open the page that needs no server; it shows segments and complains of nothing."""
    page = stranger.browser.new_page(viewport=_WIDE)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((stranger.home / "published" / "current" / "explorer.html").resolve().as_uri() + "#scheme=rfm")
    page.wait_for_selector("html[data-ready]", timeout=60_000)
    page.wait_for_selector("#section-segments")
    page.wait_for_timeout(1500)
    _expect("Champions" in page.inner_text("#section-segments"), "a card of the segment Champions", "none")
    _expect(not complaints, "no errors on the browser's console", "; ".join(complaints))
    _picture(stranger, page, picture)


def look_at_the_lineage(stranger: Stranger) -> None:
    """The first page of Dagster that a person opens."""
    page = _opened(stranger, "/asset-groups", shows="text=segmentations")
    _picture(stranger, page, "2-lineage")


def materialize_a_scheme(stranger: Stranger) -> None:
    """Build one scheme alone, and see its segments on the asset's page."""
    page = _opened(stranger, f"/assets/segmentations/{SCHEME}")
    run = _launched(stranger, page)
    _expect(run["status"] == "SUCCESS", f"{SCHEME} to be built alone", run["status"])
    page = _opened(stranger, f"/assets/segmentations/{SCHEME}", shows="text=tonight's segments, as a picture")
    _picture(stranger, page, "3-scheme")


def break_a_source_and_run(stranger: Stranger) -> None:
    """Cut a column out of a file; the night says so on its page, and readers keep their version."""
    file = stranger.samples / BROKEN_FILE
    shutil.copy(file, stranger.folder / BROKEN_FILE)
    rows = list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
    place = rows[0].index(CUT_COLUMN)
    with file.open("w", encoding="utf-8", newline="") as cut:
        csv.writer(cut).writerows([row[:place] + row[place + 1 :] for row in rows])
    page = _opened(stranger, "/locations/tessera/jobs/nightly_segmentation_job")
    run = _launched(stranger, page)
    _expect(run["status"] == "FAILURE", "the night to be refused", run["status"])
    page = _opened(stranger, f"/runs/{run['runId']}", shows=f"text={BROKEN_FILE}")
    shown = page.inner_text("body")
    _expect(CUT_COLUMN in shown, f"the run's page to name the column {CUT_COLUMN}", "no word of it")
    _picture(stranger, page, "4-refused")
    _expect(stranger.served == "v000001", "v000001 to stay served", stranger.served)
    look_at_the_explorer(stranger, "5-explorer-stays")


def mend_it_and_run(stranger: Stranger) -> None:
    """Put the file back; the night publishes."""
    shutil.copy(stranger.folder / BROKEN_FILE, stranger.samples / BROKEN_FILE)
    page = _opened(stranger, "/locations/tessera/jobs/nightly_segmentation_job")
    run = _launched(stranger, page)
    _picture(stranger, _opened(stranger, f"/runs/{run['runId']}", shows="text=Success"), "6-mended")
    _expect(run["status"] == "SUCCESS", "the mended night to be published", run["status"])
    _expect(stranger.served == "v000002", "a second version", stranger.served)


def roll_back(stranger: Stranger) -> None:
    """Launch the job as its launchpad stands; the first version is served again."""
    launchpad = "/locations/tessera/jobs/rollback_job/playground"
    ready = "button:has-text('Launch Run')"
    _picture(stranger, _opened(stranger, launchpad, shows=ready), "7-rollback")
    page = _opened(stranger, launchpad, shows=ready)
    known = _runs(stranger)
    page.click(ready)
    run = _ended(stranger, known)
    _expect(run["status"] == "SUCCESS", "the rollback to succeed", run["status"])
    events = "/assets/publish/published_version?view=events"
    _picture(stranger, _opened(stranger, events, shows="text=v000001"), "8-rolled-back")
    _expect(stranger.served == "v000001", "v000001 to be served again", stranger.served)


def _launched(stranger: Stranger, page: Page) -> dict[str, Any]:
    """Press Materialize, take the latest partition, launch, and wait for the run's end."""
    known = _runs(stranger)
    page.click("button:has-text('Materialize')")
    page.click("[role=dialog] button:has-text('Latest')", timeout=60_000)
    page.click("[role=dialog] button:has-text('Launch')", timeout=60_000)
    return _ended(stranger, known)


def _ended(stranger: Stranger, known: dict[str, str]) -> dict[str, Any]:
    """Wait for the end of the run that was not known before."""
    until = time.monotonic() + _A_RUN_SECONDS
    while time.monotonic() < until:
        new = {run: status for run, status in _runs(stranger).items() if run not in known}
        for run, status in new.items():
            if status in _ENDED:
                return {"runId": run, "status": status}
        time.sleep(3)
    raise TesseraError(
        "a run that was launched from the page did not end",
        expected=f"a new run that ends within {_A_RUN_SECONDS} seconds",
        found=", ".join(new.values()) or "no new run",
        fix="look at the pictures and at ui.log in the home",
    )


def _runs(stranger: Stranger) -> dict[str, str]:
    """The status of every run, by its id."""
    query = "{ runsOrError { ... on Runs { results { runId status } } } }"
    request = urllib.request.Request(  # noqa: S310
        f"{stranger.address}/graphql",
        json.dumps({"query": query}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
        told = json.load(answer)
    return {run["runId"]: run["status"] for run in told["data"]["runsOrError"]["results"]}


def _opened(stranger: Stranger, path: str, *, shows: str = "button:has-text('Materialize')") -> Page:
    """Open a page of Dagster's and wait until it shows what somebody would look for, and what comes with it."""
    page = stranger.browser.new_page(viewport=_WIDE)
    page.set_default_timeout(120_000)
    page.goto(f"{stranger.address}{path}")
    page.wait_for_selector(shows)
    page.wait_for_timeout(3000)
    return page


def _picture(stranger: Stranger, page: Page, name: str) -> None:
    """Take the picture of a page that has done its part."""
    page.screenshot(path=stranger.folder / "pictures" / f"{name}.png")
    typer.echo(f"{name}: {stranger.folder / 'pictures' / name}.png")
    page.close()


def _command(arguments: list[str], *, cwd: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TESSERA_", "DAGSTER_"))}
    # Where an environment is linked, its command would find another checkout.
    environment["PYTHONPATH"] = str(cwd)
    typer.echo(f"$ {' '.join(arguments)}")
    ended = subprocess.run(arguments, cwd=cwd, env=environment, check=False)  # noqa: S603
    _expect(ended.returncode == 0, f"{' '.join(arguments)} to end with 0", str(ended.returncode))


def _expect(holds: bool, expected: str, found: str) -> None:
    if not holds:
        raise TesseraError("the stranger's path ends here", expected=expected, found=found, fix="look at the pictures")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
