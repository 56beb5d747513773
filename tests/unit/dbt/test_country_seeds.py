"""The seeds of countries are what the libraries say, and can be joined by."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from orchestration.repository import DBT_PROJECT
from scripts import country_seeds

SEEDS = DBT_PROJECT / "seeds"


def rows_of(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeds")
    country_seeds.write(folder)
    return folder


@pytest.mark.parametrize("name", ["countries", "country_names"])
def test_the_seeds_are_as_generated(generated: Path, name: str) -> None:
    assert (SEEDS / f"{name}.csv").read_bytes() == (generated / f"{name}.csv").read_bytes(), (
        "python -m scripts.country_seeds, and commit the result"
    )


def test_every_name_means_one_country_that_there_is() -> None:
    names = rows_of("country_names")
    assert len({row["name"] for row in names}) == len(names)
    assert {row["country_code"] for row in names} == {row["country_code"] for row in rows_of("countries")}


def test_names_are_spelled_as_they_are_joined(each) -> None:
    names = [row["name"] for row in rows_of("country_names")]
    assert each("country_key", names) == names


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("DE", "DE"),
        ("deu", "DE"),
        ("Deutschland", "DE"),
        ("Allemagne", "DE"),
        ("Германия", "DE"),
        ("Österreich", "AT"),
        ("Osterreich", "AT"),
        ("U.K.", "GB"),
        ("England", "GB"),
        ("Northern Ireland", "GB"),
        ("United States of America", "US"),
        ("U.S.A.", "US"),
        ("Holland", "NL"),
        ("The Netherlands", "NL"),
        ("Côte d'Ivoire", "CI"),
        ("Bosnia and Herzegovina", "BA"),
        ("Türkiye", "TR"),
        ("Turkey", "TR"),
        ("Saint Lucia", "LC"),
        ("St. Lucia", "LC"),
        ("Hong Kong", "HK"),
        ("EL", "GR"),
        ("日本", "JP"),
        ("Congo", None),
        ("Korea", None),
        ("Atlantis", None),
    ],
)
def test_usual_spellings(each, written: str, expected: str | None) -> None:
    codes = {row["name"]: row["country_code"] for row in rows_of("country_names")}
    assert codes.get(each("country_key", [written])[0]) == expected


def test_lengths_are_in_order_and_fit_the_standard() -> None:
    for row in rows_of("countries"):
        shortest, usual, longest = (int(row[f"{name}_number"]) for name in ("shortest", "usual", "longest"))
        assert shortest <= usual <= longest <= 15 - len(row["calling_code"]), row
