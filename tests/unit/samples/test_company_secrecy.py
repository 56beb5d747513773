"""The truth about the simulated company: no file of its data tells it, and no night knows where it is."""

from __future__ import annotations

import re

from orchestration.repository import ROOT
from orchestration.samples.company.attitudes import ATTITUDE_CLASS_NAMES
from orchestration.samples.company.kinds import KINDS


def test_no_file_of_the_data_tells_the_truth(company) -> None:
    told = re.compile(
        r"person_id|household_id|needs_class|attitude_class|orders_per_year|drop_?out|is_alive|uplift|satisfaction\"|leniency|P0{3}\d{4}\b|"
        + "|".join([*(kind.name for kind in KINDS), *ATTITUDE_CLASS_NAMES])
    )
    for path in sorted(company.data.iterdir()):
        assert not told.search(path.read_text(encoding="utf-8")), path.name


def test_nothing_of_a_night_knows_where_the_truth_lies() -> None:
    allowed = {"cli.py", "home.py", "samples/company.yml", "samples/sample.py"}
    found = {
        path.relative_to(ROOT / folder).as_posix()
        for folder in ("orchestration", "ml", "dbt_project", "data_contracts")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
        and path.suffix in {".py", ".sql", ".yml", ".yaml"}
        and "samples/company/" not in path.as_posix()
        and re.search(r"samples[_-]truth", path.read_text(encoding="utf-8"))
    }
    assert {"cli.py", "home.py"} <= found <= allowed


def test_the_truth_lies_outside_of_the_data(company) -> None:
    assert not [path for path in company.data.rglob("*") if path.suffix == ".parquet"]
    assert {path.stem for path in company.truth.iterdir()} == {
        "people", "companies", "records", "alive", "campaign",
        "needs", "survey_items", "attitudes", "attitude_items", "orders", "kinds", "bad_rows", "references",
    }  # fmt: skip
