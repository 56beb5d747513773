"""What the settings say of a version."""

from __future__ import annotations

from pathlib import Path

from orchestration.configuration.deployment import load_deployment
from orchestration.explorer.about import about_version
from tests.support.deployments import write_config

GERMAN = ("currency: EUR", "currency: EUR\n  locale: de-DE")


def test_the_page_is_told_whose_it_is_and_how_numbers_are_written(tmp_path: Path) -> None:
    config = write_config(tmp_path, replace=[GERMAN], more="thresholds:\n  minimum_cell_customers: 25\n")
    about = about_version(load_deployment(config, tmp_path / "home"), "v000003")
    assert (about.company, about.currency, about.locale) == ("Test Company", "EUR", "de-DE")
    assert (about.version, about.minimum_cell_customers) == ("v000003", 25)


def test_how_numbers_are_written_makes_no_date_be_computed_anew(tmp_path: Path) -> None:
    plain = load_deployment(write_config(tmp_path / "plain"), tmp_path / "home")
    german = load_deployment(write_config(tmp_path / "german", replace=[GERMAN]), tmp_path / "home")
    assert plain.settings.company.locale == "en-GB"
    assert german.dbt_vars["history_code"] == plain.dbt_vars["history_code"]
