"""The command ``tessera new-source``: what it says, and what it writes."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from orchestration.cli import app
from orchestration.configuration.source_settings import Source
from orchestration.errors import TesseraError
from tests.unit.onboarding.conftest import put_project

ORDERS = "Bestellnummer;Kunde;Bestelldatum;Betrag\nB1;K1;31.01.2024;1.234,50\nB2;K2;01.02.2024;2,00\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return put_project(tmp_path / "project")


def new_source(project: Path, *arguments: str, text: str = ORDERS, encoding: str = "utf-8") -> Result:
    file = project.parent / "orders 2024-01.csv"
    file.write_bytes(text.encode(encoding))
    command = ["new-source", "shop__orders", "--from", str(file), "--project", str(project), *arguments]
    return CliRunner().invoke(app, command)


def files_of(project: Path) -> set[Path]:
    return {path for path in project.rglob("*") if path.is_file()}


def test_a_dry_run_shows_every_file_and_writes_none(project: Path) -> None:
    before = files_of(project)
    result = new_source(project, "--dry-run")
    assert result.exit_code == 0, result.output
    assert files_of(project) == before
    for told in ("id: shop__orders", "{{ latest_rows(source('shop', 'orders'), ['bestellnummer']) }}", "unit_tests:"):
        assert told in result.output
    assert "Written" not in result.output


def test_what_was_written_and_what_to_do_next_are_told(project: Path) -> None:
    result = new_source(project)
    assert result.exit_code == 0, result.output
    for told in ("semicolon", "decimal comma", "loaded with this contract: 2 of 2 records", "Written", "make render"):
        assert told in result.output
    assert (project / "data_contracts/inbound/shop__orders.odcs.yaml").is_file()


@pytest.mark.parametrize(
    ("text", "encoding", "options"),
    [
        (ORDERS, "utf-8", {"delimiter": ";", "decimal": ",", "thousands": "."}),
        (
            ORDERS.replace(";", "\t"),
            "utf-16",
            {"delimiter": "\t", "decimal": ",", "thousands": ".", "encoding": "utf-16"},
        ),
        (ORDERS.replace("K1", "Köln"), "cp1252", {"encoding": "cp1252"}),
        (ORDERS.replace("K1", "Köln"), "cp850", {"encoding": "cp850"}),
    ],
)
def test_the_printed_entry_is_one_that_the_configuration_takes(
    project: Path, text: str, encoding: str, options: dict[str, str]
) -> None:
    result = new_source(project, "--time-zone", "Europe/Berlin", text=text, encoding=encoding)
    assert result.exit_code == 0, result.output
    printed = result.output.split("tessera.yml\n")[1].split("\n\nThen")[0]
    (entry,) = yaml.safe_load(printed)
    source = Source.model_validate(entry)
    assert {name: getattr(source, name) for name in options} == options
    assert source.time_zone == "Europe/Berlin"
    assert [Path(file).name for file in source.files or []] == ["orders 2024-01.csv"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--currency", "euro"), "--currency euro is not a currency"),
        (("--format", "xml"), "--format xml is not known"),
        (("--entity", "orders"), "there is no entity 'orders'"),
        (("--encoding", "klingon"), "file option encoding: not usable"),
        (("--delimiter", ";;"), "file option delimiter: not usable"),
        (("--time-zone", "Berlin"), "file option time_zone: not usable"),
    ],
)
def test_an_option_that_cannot_be_meant_is_refused(project: Path, arguments: tuple[str, ...], told: str) -> None:
    before = files_of(project)
    result = new_source(project, *arguments)
    assert isinstance(result.exception, TesseraError)
    assert told in result.exception.what
    assert files_of(project) == before
