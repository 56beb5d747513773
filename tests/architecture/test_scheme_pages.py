"""The generated pages: up to date, complete, without a link into nothing; and what they are made from is sound."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestration.repository import DBT_PROJECT
from scripts import scheme_pages
from scripts.pages.catalogue import read_schemes
from scripts.pages.markdown import anchor
from scripts.pages.threshold_texts import PLACEHOLDER, read_thresholds
from scripts.scheme_pages import FEATURE_PAGE, SCHEME_PAGES, rendered_pages, stale_pages

SCHEMES = read_schemes(DBT_PROJECT / "seeds")
THRESHOLDS = read_thresholds()
PAGES = rendered_pages()


def headings(path: Path) -> set[str]:
    return {anchor(line.lstrip("# ")) for line in path.read_text("utf-8").splitlines() if line.startswith("#")}


def test_every_page_is_up_to_date() -> None:
    assert stale_pages(PAGES) == [], "make render, and commit the result"


def test_each_catalogued_scheme_has_its_page_and_its_line_in_the_index() -> None:
    codes = {scheme.code for scheme in SCHEMES}
    assert {path.stem for path in SCHEME_PAGES.glob("*.md")} - {"README"} == codes
    assert set(re.findall(r"\]\((\w+)\.md\)", PAGES[SCHEME_PAGES / "README.md"])) == codes


def test_each_scheme_that_has_segments_is_in_the_scheme_catalogue() -> None:
    seed = (DBT_PROJECT / "seeds" / "segment_catalog.csv").read_text("utf-8").splitlines()[1:]
    assert {line.split(",")[0] for line in seed} == {scheme.code for scheme in SCHEMES}


@pytest.mark.parametrize("path", sorted(PAGES), ids=lambda path: path.name)
def test_every_link_of_a_page_leads_to_a_heading_that_is_there(path: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", PAGES[path]):
        page, _, heading = target.partition("#")
        assert (path.parent / page).is_file() if page else True, target
        assert not heading or heading in headings(path.parent / page if page else path), target


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.code)
def test_every_placeholder_of_a_rule_is_a_threshold(scheme) -> None:
    for segment in scheme.segments:
        # Whatever else stands in braces would be printed as it is.
        assert "{" not in PLACEHOLDER.sub("", segment.rule), segment
        for name, index, is_percentage in PLACEHOLDER.findall(segment.rule):
            assert name in THRESHOLDS, segment
            default = THRESHOLDS[name].default
            assert not index or int(index) < len(default), segment
            assert not is_percentage or name.endswith("_share"), segment


def test_every_threshold_says_what_it_means() -> None:
    assert [name for name, threshold in THRESHOLDS.items() if len(threshold.meaning.split()) < 3] == []


def test_every_generated_page_says_so_on_its_first_line() -> None:
    assert {text.splitlines()[0].split(" from ")[0] for text in PAGES.values()} == {"<!-- Generated"}


class TestStalePages:
    @pytest.fixture
    def pages(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[Path, str]:
        monkeypatch.setattr(scheme_pages, "ROOT", tmp_path)
        monkeypatch.setattr(scheme_pages, "SCHEME_PAGES", tmp_path)
        pages = {tmp_path / "rfm.md": "rfm\n", tmp_path / "lifecycle.md": "lifecycle\n"}
        monkeypatch.setattr(scheme_pages, "rendered_pages", lambda: pages)
        return pages

    def test_what_is_missing_changed_or_of_no_scheme_is_told_and_mended(self, pages, tmp_path: Path, capsys) -> None:
        (tmp_path / "rfm.md").write_text("by hand\n", encoding="utf-8")
        (tmp_path / "gone.md").write_text("gone\n", encoding="utf-8")
        assert scheme_pages.main(["--check"]) == 1
        told = capsys.readouterr().err
        assert re.findall(r"^(\S+): it is stale", told, flags=re.MULTILINE) == ["gone.md", "lifecycle.md", "rfm.md"]
        assert told.count("make render, and commit the result") == 3
        assert scheme_pages.main([]) == 0
        assert {path: path.read_text("utf-8") for path in tmp_path.iterdir()} == pages
        assert scheme_pages.main(["--check"]) == 0


def test_the_features_are_all_on_their_page() -> None:
    text = PAGES[FEATURE_PAGE]
    assert text.count("| `") > 40
    assert "| `order_365d_count` | `bigint` | number |" in text
