"""The generated pages: up to date, complete, without a link into nothing; and what they are made from is sound."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data_contracts.contract import SUFFIX
from orchestration.configuration.rule_text import PLACEHOLDER
from orchestration.errors import TesseraError
from orchestration.repository import DBT_PROJECT
from scripts import scheme_pages
from scripts.pages.adr_index import adr_index
from scripts.pages.catalogue import read_schemes
from scripts.pages.dbt_yml import read_layers
from scripts.pages.glossary_page import read_results, read_terms
from scripts.pages.markdown import anchor
from scripts.pages.marts import read_marts
from scripts.pages.model_page import LAYERS
from scripts.pages.threshold_texts import read_thresholds
from scripts.scheme_pages import CONTRACTS, FEATURE_PAGE, MART_PAGES, SCHEME_PAGES, rendered_pages, stale_pages

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
        monkeypatch.setattr(scheme_pages, "FOLDERS", (tmp_path,))
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


def test_each_mart_has_its_page_and_its_line_in_the_index() -> None:
    names = {path.name.removesuffix(SUFFIX) for path in CONTRACTS.glob(f"*{SUFFIX}")}
    assert {path.stem for path in MART_PAGES.glob("*.md")} - {"README"} == names
    assert set(re.findall(r"\]\((\w+)\.md\)", PAGES[MART_PAGES / "README.md"])) - {"README"} == names


def test_each_column_of_each_contract_is_on_its_page_and_among_all_columns() -> None:
    everywhere = PAGES[scheme_pages.DOCS / "columns.md"]
    marts = read_marts(CONTRACTS)
    assert sum(len(mart.columns) for mart in marts) > 500
    for mart in marts:
        page = PAGES[MART_PAGES / f"{mart.name}.md"]
        assert [
            column.name for column in mart.columns if f"| `{column.name}` | `{column.data_type}` |" not in page
        ] == []
        assert [column.name for column in mart.columns if f"| `{column.name}` |" not in everywhere] == []


def test_the_glossary_tells_each_scheme_segment_and_result() -> None:
    glossary = PAGES[scheme_pages.DOCS / "glossary.md"]
    results = read_results(DBT_PROJECT / "seeds" / "kpi_catalog.csv")
    assert len(results) > 10
    assert [result.code for result in results if f"| `{result.code}` |" not in glossary] == []
    assert [scheme.code for scheme in SCHEMES if f"| `{scheme.code}` |" not in glossary] == []
    segments = [segment.name for scheme in SCHEMES for segment in scheme.segments if segment.code != "unknown"]
    assert [name for name in segments if f"\n| {name} | [" not in glossary] == []


def test_no_word_of_the_glossary_is_a_scheme_or_a_result_of_the_catalogues() -> None:
    results = read_results(DBT_PROJECT / "seeds" / "kpi_catalog.csv")
    defined = {entry.name.casefold() for entry in (*SCHEMES, *results)}
    words = {term.name.casefold() for term in read_terms(scheme_pages.DOCS / "terms.yml")}
    assert len(words) > 40
    assert words & defined == set()


@pytest.mark.parametrize("told", ["{means: x}", "{means: x, more: y.md, also: z}", "{means: '', more: y.md}", "x"])
def test_a_word_that_is_told_otherwise_is_refused(told: str, tmp_path: Path) -> None:
    (tmp_path / "terms.yml").write_text(f"Night: {told}\n", encoding="utf-8")
    with pytest.raises(TesseraError, match="the word Night is not told as the others are"):
        read_terms(tmp_path / "terms.yml")


def test_each_model_of_dbt_is_on_the_page_of_models() -> None:
    page = PAGES[scheme_pages.DOCS / "models.md"]
    models = [path.stem for path in (DBT_PROJECT / "models").rglob("*.sql") if path.parent.name != "marts"]
    assert len(models) > 100
    assert [name for name in models if f"| `{name}` |" not in page] == []


def test_a_layer_that_the_page_of_models_does_not_know_is_refused() -> None:
    with pytest.raises(TesseraError, match="not the folders of models"):
        read_layers(DBT_PROJECT, LAYERS[1:])


def test_a_decision_without_its_number_is_refused(tmp_path: Path) -> None:
    (tmp_path / "0001-a.md").write_text("# 2. A title\n", encoding="utf-8")
    with pytest.raises(TesseraError, match="does not begin with its number"):
        adr_index(tmp_path)
