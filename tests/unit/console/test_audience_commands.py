"""``tessera audiences`` as a person uses it: what is shown, what leaves the house, and what never does."""

from __future__ import annotations

import csv
import hashlib
import json
import logging
import shutil
import stat
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from data_contracts.contract import Contract, load_contracts
from orchestration.audiences.identifiers import sha256
from orchestration.audiences.platforms import PLATFORMS
from orchestration.cli import app
from orchestration.configuration import deployment
from orchestration.console.audience_commands import Recipient
from orchestration.errors import TesseraError
from orchestration.night_lock import night_lock
from tests.support.audience_home import EXPORTED, PEOPLE, AudienceHome, audience_home, note

_CONTRACTS: dict[Path, dict[str, Contract]] = {}
READABLE = {value for each in PEOPLE for value in each[1:4] if value}


@pytest.fixture(autouse=True)
def contracts_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command reads all contracts, which takes seconds; here they stay the same."""
    monkeypatch.setattr(deployment, "load_contracts", _load_contracts)


def _load_contracts(folder: Path, **options: Any) -> dict[str, Contract]:
    if folder not in _CONTRACTS:
        _CONTRACTS[folder] = load_contracts(folder, **options)
    return _CONTRACTS[folder]


@pytest.fixture
def home(tmp_path: Path) -> AudienceHome:
    return audience_home(tmp_path)


def call(home: AudienceHome, *arguments: str, answer: str | None = None) -> str:
    done = CliRunner().invoke(app, ["audiences", *arguments, *home.places], input=answer)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.output


def exported(home: AudienceHome, campaign: str = "spring") -> Path:
    (file,) = (path for path in (home.deployment.home.exports / campaign).iterdir() if ".manifest" not in path.name)
    return file


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_meta_gets_hashes_of_those_who_may_be_contacted_and_of_nobody_else(home: AudienceHome) -> None:
    said = call(home, "export", "spring", "--for", "meta")
    found = rows(exported(home))
    assert list(found[0]) == ["email", "phone", "fn", "ln", "zip", "country"]
    emails = {customer: email.strip().lower() for customer, email, *_ in PEOPLE}
    assert {row["email"] for row in found} == {sha256(emails[customer]) for customer in EXPORTED}
    assert {row["country"] for row in found} == {sha256("de")}
    assert "6 customers of spring" in said
    for why in (
        "1 (consent is missing)",
        "1 (no usable address or number)",
        "1 (shares an address or number with somebody in the export)",
        "1 (shares an address or number with somebody who is held out)",
    ):
        assert f"Left out: {why}" in said
    assert not any(value in said + exported(home).read_text() for value in READABLE)


def test_google_gets_what_google_asks_for(home: AudienceHome) -> None:
    call(home, "export", "spring", "--for", "google")
    found = rows(exported(home))
    assert list(found[0]) == ["Email", "Phone", "First Name", "Last Name", "Country", "Zip"]
    assert sha256("annberg@gmail.com") in {row["Email"] for row in found}
    assert {(row["Country"], row["Zip"]) for row in found} == {("DE", "10115")}


def test_the_files_are_their_owners_alone_and_the_manifest_names_nobody(home: AudienceHome) -> None:
    call(home, "export", "spring", "--for", "tiktok", "--format", "parquet")
    folder = home.deployment.home.exports
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    file = exported(home)
    manifest = json.loads(file.with_suffix(".manifest.json").read_text(encoding="utf-8"))
    assert manifest["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert manifest["rows"] == pq.read_table(file).num_rows == len(EXPORTED)
    assert manifest["exported_by"]
    assert (manifest["version"], manifest["as_of_date"]) == ("v000001", "2024-06-30")
    assert not any(value in json.dumps(manifest) for value in READABLE)


def test_the_ledger_tells_who_took_what_even_of_a_file_that_is_gone(home: AudienceHome) -> None:
    call(home, "export", "spring", "--for", "meta")
    call(home, "export", "letters")
    shutil.rmtree(home.deployment.home.exports / "spring")
    told = CliRunner().invoke(app, ["audiences", "exports", "--home", str(home.deployment.home.root)]).output
    assert told.count("hashed") == 2
    assert all(word in told for word in ("spring", "meta", "letters", "generic", "v000001"))
    assert not any(value in told for value in READABLE)


def test_readable_addresses_need_a_yes(home: AudienceHome) -> None:
    with pytest.raises(TesseraError, match="nothing was exported"):
        call(home, "export", "letters", "--plain", answer="n\n")
    assert not home.deployment.home.exports.exists()
    said = call(home, "export", "letters", "--plain", answer="y\n")
    assert "readable addresses and names of 6 customers" in said
    found = {row["customer_id"]: row for row in rows(exported(home, "letters"))}
    assert set(found) == set(EXPORTED)
    assert found["c_00"]["email"] == "ann.berg+news@gmail.com"
    # What a spreadsheet would run is text; a mail channel gets no numbers.
    assert (found["c_01"]["first_name"], found["c_03"]["first_name"]) == ("'=hyperlink(1)", "'-dan")
    assert list(found["c_00"]) == ["customer_id", "email", "first_name", "last_name"]


def test_yes_on_the_command_line_is_a_yes_and_numbers_stay_numbers(home: AudienceHome) -> None:
    call(home, "export", "spring", "--plain", "--yes", "--for", "google")
    assert "+491761234567" in {row["Phone"] for row in rows(exported(home))}


def test_a_campaign_of_mails_is_handed_to_no_advertiser(home: AudienceHome) -> None:
    for platform in set(PLATFORMS) - {"generic"}:
        with pytest.raises(TesseraError, match=r"letters may not be handed to .*") as caught:
            call(home, "export", "letters", "--for", platform)
        assert "did not agree to be handed on" in caught.value.found
    assert not home.deployment.home.exports.exists()


def test_who_is_put_on_the_list_today_is_not_exported_today(home: AudienceHome) -> None:
    home.suppressions.write_text("email,phone\nCem+x@mail.example,\n", encoding="utf-8")
    assert "Left out: 1 (on the list of suppressions)" in call(home, "export", "spring", "--for", "linkedin")
    assert sha256("cem@mail.example") not in exported(home).read_text()


def test_too_few_are_not_exported(home: AudienceHome) -> None:
    home.suppressions.write_text("phone\n+493012345678\n+493012345679\n", encoding="utf-8")
    with pytest.raises(TesseraError, match="spring is not exported") as caught:
        call(home, "export", "spring", "--for", "meta")
    assert "at least 5 customers" in caught.value.expected
    assert caught.value.found.startswith("4; left out: ")
    assert not home.deployment.home.exports.exists()


@pytest.mark.parametrize(
    ("campaign", "told"),
    [("later", "it launches on 2024-09-01"), ("sprin", "did you mean spring"), ("nothing", "one of later, letters")],
)
def test_a_campaign_that_does_not_run_is_not_exported(home: AudienceHome, campaign: str, told: str) -> None:
    with pytest.raises(TesseraError) as caught:
        call(home, "export", campaign)
    assert told in str(caught.value)


@pytest.mark.parametrize("name", ["identity.int_identity__contact_cards", "marts.audiences"])
def test_a_warehouse_of_another_night_is_refused(home: AudienceHome, name: str) -> None:
    note(home.deployment, run_id="a later run", names=(name,))
    with pytest.raises(TesseraError, match="not the one that the served version was made of") as caught:
        call(home, "export", "spring", "--for", "meta")
    assert name in caught.value.found


def test_nothing_is_exported_while_a_night_works_or_where_nothing_is_served(home: AudienceHome) -> None:
    with night_lock(home.deployment.home.night_lock, owner="a night"), pytest.raises(TesseraError, match="another run"):
        call(home, "export", "spring", "--for", "meta")
    shutil.rmtree(home.deployment.home.published)
    with pytest.raises(TesseraError, match="no audiences are published"):
        call(home, "export", "spring", "--for", "meta")


def test_nothing_that_tells_who_somebody_is_goes_to_a_log(home: AudienceHome, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        call(home, "export", "spring", "--plain", "--yes")
    assert not any(value.lower() in caplog.text.lower() for value in READABLE)


def test_the_funnel_is_shown_with_why_a_campaign_is_not_exported(home: AudienceHome) -> None:
    shown = CliRunner().invoke(app, ["audiences", "--home", str(home.deployment.home.root)]).output
    assert "later is not exported: it launches on 2024-09-01" in shown
    assert "no consent" in shown
    assert "unsubscribed" not in shown
    assert "9.0% (1.0% to 30.0%)" in shown


def test_the_command_knows_every_platform() -> None:
    assert {each.value for each in Recipient} == set(PLATFORMS)


def test_the_same_night_gives_the_same_bytes(home: AudienceHome) -> None:
    call(home, "export", "spring", "--for", "meta")
    before = exported(home).read_bytes()
    shutil.rmtree(home.deployment.home.exports)
    with duckdb.connect(str(home.deployment.home.warehouse)) as con:
        con.execute("create or replace table identity.int_identity__contact_cards as "
                    "from identity.int_identity__contact_cards order by customer_id desc")  # fmt: skip
    call(home, "export", "spring", "--for", "meta")
    assert exported(home).read_bytes() == before
