"""The console command as a user types it: in another process, in an empty folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support.deployments import line_of, write_config
from tests.support.nights import command


@pytest.fixture
def tessera(tmp_path: Path):
    folder = tmp_path / "cwd"
    folder.mkdir()

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return command(*arguments, cwd=folder, timeout=120)

    return call


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """What a command told that ended with exit code 2, without a traceback."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stdout == ""
    return done.stderr


def in_four_parts(told: str) -> bool:
    return all(part in told for part in ("expected:", "found:", "to do:"))


def test_help_names_every_command(tessera) -> None:
    done = tessera("--help")
    assert done.returncode == 0
    for name in ("run", "ui", "versions", "rollback", "check", "sample", "quarantine"):
        assert f" {name} " in done.stdout


def test_an_unknown_sample_is_refused_with_those_there_are(tessera) -> None:
    told = refused(tessera("sample", "nosuch"))
    assert "there is no sample 'nosuch'" in told
    assert "completejourney" in told
    assert in_four_parts(told)


@pytest.mark.parametrize("name", ["run", "check", "ui"])
def test_without_a_configuration_the_reader_is_told_how_to_get_one(tessera, tmp_path: Path, name: str) -> None:
    told = refused(tessera(name, "--home", str(tmp_path / "home")))
    assert "there is no configuration" in told
    assert "tessera sample completejourney" in told
    assert not (tmp_path / "home").exists()


def test_a_home_without_versions_says_so(tessera, tmp_path: Path) -> None:
    done = tessera("versions", "--home", str(tmp_path / "home"))
    assert done.returncode == 0
    assert f"Nothing has been published in {tmp_path / 'home'} yet" in done.stdout
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("version", [[], ["v000001"], ["../elsewhere"]])
def test_rolling_back_where_nothing_is_published_is_refused(tessera, tmp_path: Path, version: list[str]) -> None:
    told = refused(tessera("rollback", *version, "--home", str(tmp_path / "home")))
    assert in_four_parts(told)


@pytest.mark.parametrize(
    ("date", "told"),
    [
        ("nonsense", "--date nonsense is not a date"),
        ("2024-02-30", "--date 2024-02-30 is not a date"),
        ("2031-01-01", "a date from 2024-01-01 to 2024-12-31"),
    ],
)
def test_a_date_that_is_no_night_is_refused_before_anything_is_made(
    tessera, tmp_path: Path, date: str, told: str
) -> None:
    config = write_config(tmp_path)
    found = refused(tessera("run", "--config", str(config), "--home", str(tmp_path / "home"), "--date", date))
    assert told in found
    assert not (tmp_path / "home").exists()


def test_broken_yaml_is_refused_with_its_line(tessera, tmp_path: Path) -> None:
    config = write_config(tmp_path, replace=[("files: [order_lines.csv]", "files: [order_lines.csv")])
    told = refused(tessera("run", "--config", str(config)))
    assert f"{config}: line {line_of(config, 'files:') + 1}" in told
    assert in_four_parts(told)


def test_a_long_path_is_not_broken_over_lines(tessera, tmp_path: Path) -> None:
    config = tmp_path / ("deep_" * 30) / "tessera.yml"
    assert str(config) in refused(tessera("run", "--config", str(config)))


def test_check_names_a_file_that_was_not_delivered(tessera, tmp_path: Path) -> None:
    config = write_config(tmp_path)
    told = refused(tessera("check", "--config", str(config), "--home", str(tmp_path / "home")))
    assert f"{tmp_path / 'order_lines.csv'} does not exist" in told


def test_an_unknown_command_or_option_is_refused_by_name(tessera) -> None:
    assert "rnu" in refused(tessera("rnu"))
    assert "--confg" in refused(tessera("run", "--confg", "x"))


def test_a_sample_is_put_where_it_is_asked_for(tessera, tmp_path: Path) -> None:
    done = tessera("sample", "completejourney", "--into", str(tmp_path / "here"))
    assert done.returncode == 0
    assert f"tessera run --config {tmp_path / 'here' / 'tessera.yml'}" in done.stdout
    assert (tmp_path / "here" / "transactions.parquet").stat().st_size > 1_000_000
    assert not (tmp_path / "cwd" / ".tessera").exists()


def test_looking_writes_nothing_into_the_working_folder(tessera, tmp_path: Path) -> None:
    tessera("versions")
    tessera("run", "--config", str(write_config(tmp_path)), "--date", "nonsense")
    assert list((tmp_path / "cwd").iterdir()) == []
