"""Putting configuration, contracts and catalogue together."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from orchestration.configuration.deployment import Deployment, load_deployment, tonight
from orchestration.errors import TesseraError
from orchestration.home import Home
from tests.support.deployments import line_of, write_config

SOURCES = "sources:\n  - contract: transactions__order_lines\n    files: [order_lines.csv]\n"


@pytest.fixture(autouse=True)
def nobodys_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working folder and no variable of Tessera's."""
    for name in list(os.environ):
        if name.startswith("TESSERA_"):
            monkeypatch.delenv(name)
    folder = tmp_path / "cwd"
    folder.mkdir()
    monkeypatch.chdir(folder)


def load(folder: Path, *, sources: str = SOURCES, more: str = "") -> Deployment:
    return load_deployment(write_config(folder, replace=[(SOURCES, sources)], more=more), folder / "home")


def refusal(folder: Path, **parts: str) -> TesseraError:
    with pytest.raises(TesseraError) as caught:
        load(folder, **parts)
    return caught.value


def test_an_unknown_contract_is_refused_with_a_suggestion_and_its_line(tmp_path: Path) -> None:
    error = refusal(tmp_path, sources=SOURCES + "  - contract: crm__custmers\n    files: [a.csv]\n")
    config = tmp_path / "tessera.yml"
    assert f"{config} line {line_of(config, 'crm__custmers')}: there is no contract 'crm__custmers'" in error.what
    assert error.fix == "did you mean crm__customers?"


def test_an_unknown_scheme_is_refused_with_a_suggestion_and_its_line(tmp_path: Path) -> None:
    error = refusal(tmp_path, more="schemes:\n  rfm: true\n  clustres: false\n")
    config = tmp_path / "tessera.yml"
    assert f"{config} line {line_of(config, 'clustres')}: there is no scheme 'clustres'" in error.what
    assert error.fix == "did you mean clusters?"


def test_a_deployment_with_every_scheme_off_is_refused(tmp_path: Path) -> None:
    off = "".join(f"  {scheme}: false\n" for scheme in load(tmp_path).catalog_schemes)
    error = refusal(tmp_path, more=f"schemes:\n{off}")
    assert "no scheme is left to build" in error.what
    assert "rfm: switched off in tessera.yml" in error.found


def test_schemes_are_on_unless_switched_off_in_the_order_of_the_catalogue(tmp_path: Path) -> None:
    everything = load(tmp_path)
    assert everything.schemes == tuple(name for name in everything.catalog_schemes if name in everything.schemes)
    assert {"rfm", "lifecycle", "clusters"} <= set(everything.schemes)
    without = load(tmp_path, more="schemes: {rfm: false, lifecycle: true}\n")
    assert without.schemes == tuple(scheme for scheme in everything.schemes if scheme != "rfm")
    assert without.catalog_schemes == everything.catalog_schemes


def test_the_schemes_of_estimators_are_model_schemes_only_while_they_are_on(tmp_path: Path) -> None:
    assert load(tmp_path).model_schemes == ("clusters",)
    assert load(tmp_path, more="schemes: {clusters: false}\n").model_schemes == ()


def test_a_deployment_without_transactions_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, sources="sources:\n  - contract: crm__customers\n    files: [a.csv]\n")
    assert "no transaction source" in error.what
    assert error.found == "crm__customers"


def test_any_contract_that_feeds_order_lines_is_a_transaction_source(tmp_path: Path) -> None:
    source = "sources:\n  - contract: completejourney__transactions\n    files: [a.parquet]\n"
    assert set(load(tmp_path, sources=source).sources_on) == {"completejourney__transactions"}


def test_a_missing_file_is_named_when_it_is_needed(tmp_path: Path) -> None:
    deployment = load(tmp_path)
    with pytest.raises(TesseraError) as caught:
        deployment.files_of(deployment.settings.sources[0])
    assert f"{tmp_path / 'order_lines.csv'} does not exist" in caught.value.what
    assert str(deployment.config_path) in caught.value.fix


def test_a_pattern_that_matches_nothing_is_named(tmp_path: Path) -> None:
    deployment = load(tmp_path, sources=SOURCES.replace("order_lines.csv", "day_*.csv"))
    with pytest.raises(TesseraError, match=r"nothing matches day_\*\.csv"):
        deployment.files_of(deployment.settings.sources[0])
    (tmp_path / "day_1.csv").touch()
    assert deployment.files_of(deployment.settings.sources[0]) == [tmp_path / "day_1.csv"]


def test_files_are_found_beside_the_configuration_whatever_the_working_folder(tmp_path: Path) -> None:
    (tmp_path / "order_lines.csv").touch()
    write_config(tmp_path)
    deployment = load_deployment(Path("..") / "tessera.yml", Path("home"))
    assert deployment.files_of(deployment.settings.sources[0]) == [tmp_path / "order_lines.csv"]


class TestWhereTheConfigurationIsLookedFor:
    @pytest.fixture
    def places(self, tmp_path: Path) -> dict[str, Path]:
        folders = {
            "option": tmp_path / "option",
            "variable": tmp_path / "variable",
            "working folder": Path.cwd(),
            "sample": tmp_path / "home" / "samples" / "completejourney",
        }
        return {place: write_config(folder) for place, folder in folders.items()}

    @pytest.mark.parametrize("gone", range(4))
    def test_the_option_then_the_variable_then_here_then_the_sample(
        self, places: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: int
    ) -> None:
        names = list(places)
        for name in names[:gone]:
            places[name].unlink()
        option = places["option"] if gone < 1 else None
        if gone < 2:
            monkeypatch.setenv("TESSERA_CONFIG", str(places["variable"]))
        assert load_deployment(option, tmp_path / "home").config_path == places[names[gone]]

    def test_with_none_of_them_the_reader_is_told_how_to_start(self, tmp_path: Path) -> None:
        with pytest.raises(TesseraError, match="there is no configuration") as caught:
            load_deployment(None, tmp_path / "home")
        assert "tessera sample completejourney" in caught.value.fix

    def test_a_named_configuration_that_is_missing_is_not_replaced_by_another(
        self, places: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gone = tmp_path / "gone.yml"
        with pytest.raises(TesseraError, match=r"gone\.yml"):
            load_deployment(gone, tmp_path / "home")
        monkeypatch.setenv("TESSERA_CONFIG", str(gone))
        with pytest.raises(TesseraError, match=r"gone\.yml"):
            load_deployment(None, tmp_path / "home")


def test_the_home_is_the_option_then_the_variable_then_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Home.locate().root == Path.cwd() / ".tessera"
    monkeypatch.setenv("TESSERA_HOME", str(tmp_path / "variable"))
    assert Home.locate().root == tmp_path / "variable"
    assert Home.locate(tmp_path / "option").root == tmp_path / "option"


def test_loading_a_deployment_writes_nothing(tmp_path: Path) -> None:
    load(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cwd", "tessera.yml"]


class TestWhatDbtIsTold:
    def test_staging_models_are_grouped_by_what_they_feed(self, tmp_path: Path) -> None:
        contracts = ["transactions__order_lines", "completejourney__transactions", "crm__customers"]
        entries = "".join(f"  - contract: {name}\n    files: [a.csv]\n" for name in contracts)
        told = load(tmp_path, sources=f"sources:\n{entries}").dbt_vars
        assert told["staging_models"] == {
            "order_lines": ["stg_completejourney__transactions", "stg_transactions__order_lines"],
            "customers": ["stg_crm__customers"],
        }
        assert told["sources_on"] == sorted(contracts)

    def test_a_contract_that_feeds_no_entity_is_on_without_being_unioned(self, tmp_path: Path) -> None:
        name = "completejourney__campaign_descriptions"
        deployment = load(tmp_path, sources=SOURCES + f"  - contract: {name}\n    files: [a.csv]\n")
        assert deployment.inbound[name].rules.feeds == ()
        assert name in deployment.dbt_vars["sources_on"]
        assert list(deployment.dbt_vars["staging_models"]) == ["order_lines"]

    def test_two_entries_of_one_contract_feed_one_staging_model(self, tmp_path: Path) -> None:
        second = "  - contract: transactions__order_lines\n    files: [shop.csv]\n    delimiter: ';'\n"
        deployment = load(tmp_path, sources=SOURCES + second)
        assert deployment.dbt_vars["staging_models"] == {"order_lines": ["stg_transactions__order_lines"]}
        assert [source.delimiter for source in deployment.sources_on["transactions__order_lines"]] == [",", ";"]

    def test_thresholds_and_the_currency_are_passed_on_and_defaults_are_left_to_dbt(self, tmp_path: Path) -> None:
        told = load(tmp_path, more="thresholds: {new_customer_days: 30, lifecycle_minimum_scale: 0.25}\n").dbt_vars
        assert (told["new_customer_days"], told["lifecycle_minimum_scale"]) == (30, 0.25)
        assert told["base_currency"] == "EUR"
        assert "rfm_window_days" not in told

    def test_schemes_that_are_off_keep_their_column_but_are_not_built(self, tmp_path: Path) -> None:
        told = load(tmp_path, more="schemes: {clusters: false}\n").dbt_vars
        assert "clusters" in told["catalog_schemes"]
        assert "clusters" not in told["schemes"]
        assert told["model_schemes"] == []


class TestWhichNightItIs:
    """``run`` without a date, and with one."""

    @staticmethod
    def settings(folder: Path, *, zone: str = "Europe/Berlin", last: str = ""):
        config = write_config(folder, replace=[("  last: 2024-12-31\n", last), ("Europe/Berlin", zone)])
        return load_deployment(config, folder / "home").settings

    @pytest.mark.parametrize(
        ("zone", "now", "night"),
        [
            # Berlin in winter is one hour ahead: its midnight is 23:00 in UTC.
            ("Europe/Berlin", "2024-06-02T12:00", "2024-06-01"),
            ("Europe/Berlin", "2024-01-10T22:59:59", "2024-01-09"),
            ("Europe/Berlin", "2024-01-10T23:00:00", "2024-01-10"),
            # In summer two hours: the clocks went forward on 31 March 2024 and back on 27 October.
            ("Europe/Berlin", "2024-03-30T22:59:59", "2024-03-29"),
            ("Europe/Berlin", "2024-03-30T23:00:00", "2024-03-30"),
            ("Europe/Berlin", "2024-03-31T21:59:59", "2024-03-30"),
            ("Europe/Berlin", "2024-03-31T22:00:00", "2024-03-31"),
            ("Europe/Berlin", "2024-10-27T22:59:59", "2024-10-26"),
            ("Europe/Berlin", "2024-10-27T23:00:00", "2024-10-27"),
            # Across the Pacific the same moment belongs to different nights.
            ("Pacific/Auckland", "2024-06-02T12:00", "2024-06-02"),
            ("America/Los_Angeles", "2024-06-02T06:59:59", "2024-05-31"),
        ],
    )
    def test_it_is_the_last_whole_day_where_the_company_is(
        self, tmp_path: Path, zone: str, now: str, night: str
    ) -> None:
        moment = dt.datetime.fromisoformat(now).replace(tzinfo=dt.UTC)
        found = self.settings(tmp_path, zone=zone).night_or_default(None, now=moment)
        assert found == dt.date.fromisoformat(night)

    def test_it_is_the_last_night_where_the_data_has_ended(self, tmp_path: Path) -> None:
        settings = self.settings(tmp_path, last="  last: 2024-12-31\n")
        now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        assert settings.night_or_default(None, now=now) == dt.date(2024, 12, 31)

    def test_it_is_never_a_day_that_is_not_over(self, tmp_path: Path) -> None:
        settings = self.settings(tmp_path, last="  last: 2024-12-31\n")
        now = dt.datetime(2024, 6, 2, 12, tzinfo=dt.UTC)
        assert settings.night_or_default(None, now=now) == dt.date(2024, 6, 1)

    def test_an_asked_night_is_taken_as_it_is(self, tmp_path: Path) -> None:
        now = dt.datetime(2024, 6, 2, tzinfo=dt.UTC)
        asked = dt.date(2024, 5, 5)
        assert self.settings(tmp_path).night_or_default(asked, now=now) == asked

    @pytest.mark.parametrize("date", ["2024-01-01", "2024-05-05", "2024-12-31"])
    def test_every_night_from_the_first_to_the_last_may_be_asked_for(self, tmp_path: Path, date: str) -> None:
        assert tonight(load(tmp_path), dt.date.fromisoformat(date)) == dt.date.fromisoformat(date)

    @pytest.mark.parametrize("date", ["2023-12-31", "2025-01-01"])
    def test_no_night_outside_them_may_be_asked_for(self, tmp_path: Path, date: str) -> None:
        with pytest.raises(TesseraError) as caught:
            tonight(load(tmp_path), dt.date.fromisoformat(date))
        assert f"{date} is not a night of this deployment" in caught.value.what
        assert caught.value.expected == "a date from 2024-01-01 to 2024-12-31"

    def test_today_may_not_be_asked_for_where_nights_are_open_ended(self, tmp_path: Path) -> None:
        deployment = load_deployment(
            write_config(tmp_path, replace=[("  last: 2024-12-31\n", ""), ("Europe/Berlin", "UTC")]), tmp_path / "home"
        )
        with pytest.raises(TesseraError, match="is not a night"):
            tonight(deployment, dt.datetime.now(tz=dt.UTC).date() + dt.timedelta(days=1))
