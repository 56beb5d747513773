"""The documentation site: built without a warning, complete, and usable from disk without a network."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from orchestration.errors import TesseraError
from orchestration.repository import ROOT
from scripts import docs_site
from scripts.docs_site import CONFIGURATION, build_site, pages, put_in_place
from scripts.pages.links import anchors_of
from tests.support import browser as chromium
from tests.support.browser import opened

# What a page loads by itself; a link that a reader may follow is none of it.
_LOADED = re.compile(
    r"<(?:script|img|iframe|source|video|audio|embed)\b[^>]*\bsrc=[\"']?((?:https?:)?//[^\"'\s>]+)"
    r"|<link\b(?=[^>]*\brel=[\"']?(?:stylesheet|preload|preconnect|modulepreload|icon))[^>]*\bhref=[\"']?((?:https?:)?//[^\"'\s>]+)"
    r"|(?:@import\s+|url\()[\"']?((?:https?:)?//[^\"')\s]+)"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs") / "site"
    build_site(folder)
    return folder


def html_of(site: Path, page: Path) -> Path:
    """The site's file of a page of the repository."""
    name = page.relative_to(ROOT / "docs") if page.name != "README.md" or page.parent != ROOT else Path("index.md")
    return site / name.with_name("index.html" if name.name == "README.md" else f"{name.stem}.html")


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<script src="https://a.org/x.js">', True),
        ("<script src=//a.org/x.js>", True),
        ('<link href="https://a.org/x.css" rel="stylesheet">', True),
        ('<img alt="x" src="http://a.org/x.png">', True),
        ("<style>@import url('https://a.org/font.css')</style>", True),
        ('<a href="https://a.org">', False),
        ('<link rel="canonical" href="https://a.org">', False),
        ('<script src="../x.js">', False),
    ],
)
def test_what_is_loaded_from_elsewhere_is_recognised(html: str, found: bool) -> None:
    assert bool(_LOADED.search(html)) is found


def test_every_page_is_on_the_site_with_its_headings_under_their_names(site: Path) -> None:
    for page in pages():
        html = html_of(site, page).read_text(encoding="utf-8")
        wanted = set(anchors_of(page.read_text(encoding="utf-8")))
        assert wanted - set(re.findall(r'<h\d id="([^"]+)"', html)) == set(), page


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    files = [path for path in site.rglob("*") if path.suffix in {".html", ".css"}]
    assert len(files) > len(list(pages()))
    found = {path.name: _LOADED.findall(path.read_text(encoding="utf-8")) for path in files}
    assert {name: loaded for name, loaded in found.items() if loaded} == {}


def test_each_page_is_once_in_the_navigation(tmp_path: Path) -> None:
    put_in_place(tmp_path)
    navigation = (tmp_path / CONFIGURATION).read_text(encoding="utf-8").split("\nnav:\n")[1]
    told = re.findall(r"[\w./-]+\.md$", navigation, flags=re.MULTILINE)
    assert sorted(told) == sorted(path.relative_to(tmp_path / "docs").as_posix() for path in tmp_path.rglob("*.md"))


def test_a_link_to_a_heading_that_is_not_there_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = docs_site.put_in_place

    def spoilt(folder: Path) -> None:
        real(folder)
        page = folder / "docs" / "demand.md"
        page.write_text(page.read_text(encoding="utf-8") + "\n[x](kpis.md#nowhere)\n", encoding="utf-8")

    monkeypatch.setattr(docs_site, "put_in_place", spoilt)
    with pytest.raises(TesseraError, match="not built"):
        build_site(tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_a_page_that_links_to_no_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copytree(ROOT / "scripts" / "site_theme", tmp_path / "scripts" / "site_theme")
    shutil.copyfile(ROOT / CONFIGURATION, tmp_path / CONFIGURATION)
    (tmp_path / "README.md").write_text("[x](docs/gone.md)\n", encoding="utf-8")
    monkeypatch.setattr(docs_site, "ROOT", tmp_path)
    with pytest.raises(TesseraError, match=r"README\.md: a link leads nowhere"):
        put_in_place(tmp_path / "workplace")


def test_the_site_opens_from_disk_and_its_search_finds_a_word(site: Path) -> None:
    button = ".md-search__button"
    with chromium.started() as browser, opened(browser, site / "operate.html", ready=button) as found:
        found.page.locator(button).first.click()
        found.page.keyboard.type("holdout")
        found.page.wait_for_function("document.body.innerText.includes('results')")
        assert [asked for asked in found.requests if not asked.startswith("file:")] == []
        assert found.complaints == []
