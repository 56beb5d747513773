"""Every wrong line of a tessera.yml is named, with what to write instead."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.configuration.deployment import load_deployment
from orchestration.configuration.settings import Settings, Source, source_files
from orchestration.errors import TesseraError
from tests.support.deployments import line_of, write_config

PUBLISH = "publish:\n  {line}\n"


def refusal(config: Path) -> TesseraError:
    with pytest.raises(TesseraError) as caught:
        load_deployment(config, config.parent / "home")
    assert str(config) in caught.value.what
    assert caught.value.exit_code == 2
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  name: Test Company", "  nane: Test Company", "company.nane: there is no such key; write one of name, time"),
        ("  name: Test Company", "  name: ''", "company.name"),
        ("time_zone: Europe/Berlin", "time_zone: Europe/Belrin", "IANA name such as Europe/London"),
        ("time_zone: Europe/Berlin", "time_zone: ../../etc/passwd", "is not a time zone"),
        ("time_zone: Europe/Berlin", "time_zone: +02:00", "company.time_zone"),
        ("currency: EUR", "currency: eur", "such as EUR or USD"),
        ("currency: EUR", "currency: EURO", "such as EUR or USD"),
        ("currency: EUR", 'currency: "EUR\\n"', "such as EUR or USD"),
        ("currency: EUR", "currency: EUR\n  locale: german", "such as en-GB or de-DE"),
        ("first: 2024-01-01", "first: soon", "nights.first"),
        ("first: 2024-01-01", "first: 2024-02-30", "day is out of range"),
        ("last: 2024-12-31", "run_at: 22:30", 'the time in quotes, such as "02:00"'),
        ("last: 2024-12-31", 'run_at: "24:00"', 'the time in quotes, such as "02:00"'),
        ("contract: transactions__order_lines", "contract: 3", "sources.1.contract"),
        ("    files: [order_lines.csv]", "    files: []", "sources.1.files"),
        (
            "    files: [order_lines.csv]",
            "    files: [a.csv]\n    formt: csv",
            "formt: there is no such key; write one of",
        ),
        ("    files: [order_lines.csv]", "    files: [a.csv]\n    format: xlsx", "'json', 'parquet' or 'excel'"),
        ("    files: [order_lines.csv]", "    files: [a.csv]\n    delimiter: ';;'", "sources.1.delimiter"),
        ("    files: [order_lines.csv]", "    files: [a.csv]\n    max_rejected_share: 5", "less than or equal to 1"),
        ("    files: [order_lines.csv]", "    files: [a.csv]\n    decimal: ;", "'.' or ','"),
        ("    files: [order_lines.csv]", "    files: [a.csv]\n    thousands: '.'", "cannot be both"),
        ("    files: [order_lines.csv]", "    files: [a.csv]\n    date_format: dd.QQ", "means nothing here"),
        ("    files: [order_lines.csv]", "    files: [a.csv]\n    max_rejected_share: .nan", "max_rejected_share"),
    ],
)
def test_a_wrong_value_is_refused_with_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    config = write_config(tmp_path, replace=[(old, new)])
    error = refusal(config)
    line = line_of(config, new.splitlines()[-1].strip())
    assert f"line {line}" in error.what + error.found
    assert told in error.found
    assert error.fix


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("keep_versions: 1", "greater than or equal to 2"),
        ("keep_versions: many", "valid integer"),
        ("max_customers_drop_share: 1.01", "less than or equal to 1"),
        ("max_customers_drop_share: -0.1", "greater than or equal to 0"),
        ("keep_version: 5", "write one of keep_versions, max_customers_drop_share"),
    ],
)
def test_a_wrong_publish_line_is_refused_with_its_line(tmp_path: Path, line: str, told: str) -> None:
    config = write_config(tmp_path, more=PUBLISH.format(line=line))
    found = refusal(config).found
    assert found.startswith(f"line {line_of(config, line)}: publish.")
    assert told in found


@pytest.mark.parametrize(("limit", "fits"), [("2GB", True), ("1.5 GiB", True), ("lots", False), ("2", False)])
def test_the_memory_limit_is_an_amount_with_a_unit(tmp_path: Path, limit: str, fits: bool) -> None:
    config = write_config(tmp_path, more=f"memory_limit: {limit}\n")
    if fits:
        assert load_deployment(config, tmp_path / "home").settings.memory_limit == limit
    else:
        assert "an amount such as 1GB" in refusal(config).found


def test_a_last_night_before_the_first_is_refused(tmp_path: Path) -> None:
    config = write_config(tmp_path, replace=[("last: 2024-12-31", "last: 2023-12-31")])
    found = refusal(config).found
    assert f"line {line_of(config, 'nights:')}: nights: " in found
    assert "the last night (2023-12-31) is before the first (2024-01-01)" in found


def test_an_unknown_section_is_refused_with_the_sections_there_are(tmp_path: Path) -> None:
    config = write_config(tmp_path, more="tresholds: {}\n")
    found = refusal(config).found
    assert f"line {line_of(config, 'tresholds')}: tresholds: there is no such key" in found
    sections = "company, nights, sources, schemes, custom_schemes, thresholds, identity, surveys, predictions, "
    assert sections in found


def test_every_wrong_line_is_named_at_once(tmp_path: Path) -> None:
    config = write_config(tmp_path, replace=[("EUR", "euro"), ("Europe/Berlin", "Berlin")], more="else: 1\n")
    error = refusal(config)
    assert [part in error.found for part in ("line 3", "line 4", f"line {line_of(config, 'else')}")] == [True] * 3
    assert error.fix == "correct these lines"


@pytest.mark.parametrize("text", ["", "just a word\n", "- a\n- list\n"])
def test_a_file_that_is_no_configuration_at_all_is_refused(tmp_path: Path, text: str) -> None:
    config = tmp_path / "tessera.yml"
    config.write_text(text, encoding="utf-8")
    assert "line 1" in refusal(config).found


@settings(max_examples=100, deadline=None)
@given(share=st.floats(allow_nan=True, allow_infinity=True))
def test_a_share_is_accepted_exactly_between_0_and_1(share: float) -> None:
    raw = {
        "company": {"name": "A", "time_zone": "UTC", "currency": "EUR"},
        "nights": {"first": dt.date(2024, 1, 1)},
        "sources": [{"contract": "a", "files": ["b"]}],
        "publish": {"max_customers_drop_share": share},
    }
    if 0 <= share <= 1:
        assert Settings.model_validate(raw).publish.max_customers_drop_share == share
    else:
        with pytest.raises(ValueError, match="max_customers_drop_share"):
            Settings.model_validate(raw)


def test_patterns_are_expanded_in_name_order_and_only_to_files(tmp_path: Path) -> None:
    for name in ("day_2.csv", "day_1.csv", "other.txt"):
        (tmp_path / name).touch()
    (tmp_path / "day_3.csv").mkdir()
    source = Source(contract="a", files=["day_*.csv", "gone.csv"])
    assert source_files(source, folder=tmp_path) == [tmp_path / n for n in ("day_1.csv", "day_2.csv", "gone.csv")]


def test_absolute_paths_stay_and_relative_ones_start_at_the_folder(tmp_path: Path) -> None:
    source = Source(contract="a", files=[str(tmp_path / "x.csv"), "deep/y.csv"])
    assert source_files(source, folder=Path("/elsewhere")) == [tmp_path / "x.csv", Path("/elsewhere/deep/y.csv")]
