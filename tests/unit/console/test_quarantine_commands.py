"""``tessera quarantine`` as a person uses it, on a home with one delivery of customers."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from data_contracts.contract import load_contract
from orchestration.cli import app
from orchestration.errors import TesseraError
from orchestration.home import Home
from orchestration.ingestion.file_errors import RejectedShareError
from orchestration.ingestion.file_options import FileOptions
from orchestration.ingestion.lake import Lake
from orchestration.ingestion.loader import load_file
from orchestration.ingestion.quarantine import Quarantine
from orchestration.night_lock import night_lock
from orchestration.repository import INBOUND_CONTRACTS
from tests.support.deployments import write_config

CUSTOMERS = "crm__customers"
DELIVERY = """\
customer_ref,email,country,birth_date,account_type
k1,ada@example.org,DE,1980-01-31,consumer
k2,bob@example.org,DE,31.01.1980,consumer
k3,eve@example.org,DE,1980-01-31,person
k4,\x1b[31mdan@example.org,DE,1.1.80,firm
k5,joe@example.org
"""


class House:
    """A home, and the command on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = Home(folder / "home")
        self.config = write_config(
            folder,
            more=f"  - contract: {CUSTOMERS}\n    files: [customers.csv]\n",
        )

    def load(self, content: str, name: str = "customers.csv", *, share: float = 1) -> Any:
        path = self.folder / name
        path.write_text(content, encoding="utf-8")
        with duckdb.connect() as con:
            return load_file(
                con,
                load_contract(INBOUND_CONTRACTS / f"{CUSTOMERS}.odcs.yaml"),
                path,
                lake=Lake(self.home.lake),
                quarantine=Quarantine(self.home.quarantine),
                options=FileOptions(max_rejected_share=share),
                loaded_at=dt.datetime(2024, 6, 1, 3, tzinfo=dt.UTC),
            )

    def call(self, *arguments: str) -> str:
        """Run the command and return what it printed."""
        done = CliRunner().invoke(app, ["quarantine", *arguments, "--home", str(self.home.root)])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    def refused(self, *arguments: str) -> str:
        with pytest.raises(TesseraError) as error:
            self.call(*arguments)
        return str(error.value)

    def resubmit(self, path: Path) -> str:
        return self.call("resubmit", CUSTOMERS, str(path), "--config", str(self.config))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    return House(tmp_path)


def words(text: str) -> str:
    """What a table says, without its frame."""
    return " ".join(text.translate({ord(sign): " " for sign in "│┃┏┓┗┛┡┩└┘━─╇┳┴┼├┤"}).split())


def test_an_empty_home_says_so_and_nothing_is_made(house: House) -> None:
    assert house.call("list") == f"No rejected records in {house.home.root}.\n"
    assert not house.home.root.exists()


def test_the_list_counts_records_by_reason_without_values_and_needs_no_configuration(house: House) -> None:
    house.config.unlink()
    report = house.load(DELIVERY)
    shown = house.call("list")
    assert f"{CUSTOMERS}: 4 rejected = 4 open + 0 repaired" in shown
    assert f"customers.csv {report.batch_id[:8]} not_a_date birth_date 2 2024-06-01 03:00" in words(shown)
    assert "not_in_list account_type 2" in words(shown)
    assert "too_few_fields 1" in words(shown)
    assert "A record with several reasons is on several lines, and once in the sum." in shown
    assert "31.01.1980" not in shown
    assert max(map(len, shown.splitlines())) <= 120


def test_values_are_shown_when_they_are_asked_for(house: House) -> None:
    house.load(DELIVERY)
    assert "not_a_date birth_date 2 2024-06-01 03:00 1.1.80, 31.01.1980" in words(house.call("list", "--values", "2"))


@pytest.mark.parametrize(
    ("choice", "count", "shown", "hidden"),
    [
        (("--reason", "not_a_date"), 2, "birth_date", "account_type"),
        (("--column", "account_type"), 2, "not_in_list", "not_a_date"),
        (("--reason", "not_a_date", "--column", "account_type"), 0, "rejected", "not_in_list"),
    ],
)
def test_a_choice_among_the_records_leaves_the_totals_whole(
    house: House, choice: tuple[str, ...], count: int, shown: str, hidden: str
) -> None:
    house.load(DELIVERY)
    told = house.call("list", *choice)
    assert "4 rejected = 4 open" in told
    assert f"{count} of the open ones fit this choice" in told
    assert shown in told
    assert hidden not in told


def test_a_choice_of_a_file_or_contract(house: House) -> None:
    house.load(DELIVERY)
    house.load(DELIVERY.replace("k", "m"), "more.csv")
    assert "8 rejected = 8 open" in house.call("list", "--contract", CUSTOMERS)
    told = house.call("list", "--file", "more.csv")
    assert "4 rejected = 4 open" in told
    assert "customers.csv" not in told
    assert "No rejected records of crm__companies" in house.call("list", "--contract", "crm__companies")
    assert "there is no contract 'crm__custmers'" in house.refused("list", "--contract", "crm__custmers")


def test_a_file_refused_as_a_whole_is_told_apart(house: House) -> None:
    with pytest.raises(RejectedShareError):
        house.load(DELIVERY, share=0.1)
    shown = house.call("list")
    assert "Refused as a whole, so nothing of them is loaded; mend the file and run again:" in shown
    assert "rejected =" not in shown
    assert "not_a_date birth_date 2" in words(shown)
    assert "Some are of files refused as a whole" in house.call("show", CUSTOMERS)
    (line, *_) = house.call("show", CUSTOMERS, "--json").splitlines()
    assert json.loads(line)["state"] == "refused"
    batch = json.loads(line)["batch"]
    target = str(house.folder / "x.csv")
    assert "refused as a whole" in house.refused("export", CUSTOMERS, "--batch", batch, "--to", target)
    assert "refused as a whole" in house.refused("dismiss", CUSTOMERS, "--batch", batch, "--all", "--why", "x")


def test_show_prints_one_line_a_record_with_place_reasons_and_values(house: House) -> None:
    report = house.load(DELIVERY)
    shown = house.call("show", CUSTOMERS)
    assert f"customers.csv {report.batch_id[:8]} 3 2 birth_date not_a_date 31.01.1980" in words(shown)
    assert "6 5 too_few_fields k5,joe@example.org" in words(shown)
    assert "4 records. The values are the source's own and may be personal data." in shown
    limited = house.call("show", CUSTOMERS, "--limit", "1", "--reason", "not_a_date")
    assert "1 of 2 records." in limited
    assert "k5" not in limited
    assert "nothing is waiting for repair" in house.call("show", CUSTOMERS, "--reason", "too_long")


def test_show_for_machines_gives_everything_a_line_a_record(house: House) -> None:
    report = house.load(DELIVERY)
    lines = [json.loads(line) for line in house.call("show", CUSTOMERS, "--json").splitlines()]
    assert [line["record"] for line in lines] == [2, 3, 4, 5]
    assert {line["batch"] for line in lines} == {report.batch_id}
    assert (lines[0]["file"], lines[0]["line"], lines[0]["state"]) == ("customers.csv", 3, "open")
    assert lines[0]["reasons"] == [{"column": "birth_date", "reason": "not_a_date", "value": "31.01.1980"}]
    assert json.loads(lines[0]["raw"])["email"] == "bob@example.org"
    assert json.loads(lines[3]["raw"]) == "k5,joe@example.org"


def test_values_cannot_steer_the_terminal(house: House) -> None:
    house.load(DELIVERY.replace("31.01.1980", "[red]\x1b]0;title\x07"))
    shown = house.call("show", CUSTOMERS)
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert r"[red]\x1b]0;title\x07" in shown


def test_out_for_repair_and_in_again(house: House) -> None:
    report = house.load(DELIVERY)
    path = house.folder / "repair.csv"
    told = house.call("export", CUSTOMERS, "--to", str(path))
    assert f"4 records in {path}, which only you can read" in told
    assert f"tessera quarantine resubmit {CUSTOMERS} {path}" in told
    path.write_text(path.read_text(encoding="utf-8").replace("31.01.1980", "1980-01-31"), encoding="utf-8")
    told = house.resubmit(path)
    assert f"{CUSTOMERS}: 3 records submitted = 1 repaired + 2 still bad" in told
    assert "still bad: not_in_list 2, not_a_date 1" in told
    assert "left as before: 1 record with _raw only" in told
    assert "open now: 3 records of this contract" in told
    assert "The next tessera run takes the repaired records up." in told
    assert "4 rejected = 3 open + 1 repaired\n" in house.call("list")
    again = house.resubmit(path)
    assert "repair.csv was submitted before; nothing was added." in again
    assert "The next tessera run" not in again
    told = house.call("dismiss", CUSTOMERS, "--batch", report.batch_id[:6], "--record", "5", "--why", "cut off")
    assert told == f"1 record of {CUSTOMERS}, batch {report.batch_id[:8]}, dismissed: cut off\n"
    assert "4 rejected = 2 open + 1 repaired + 1 dismissed" in house.call("list")
    house.call("dismiss", CUSTOMERS, "--batch", report.batch_id, "--all", "--why", "too old")
    assert "4 rejected = 0 open + 1 repaired + 3 dismissed" in house.call("list")


def test_resubmitting_tells_of_keys_that_another_delivery_has_brought(house: House) -> None:
    house.load(DELIVERY)
    path = house.folder / "repair.csv"
    house.call("export", CUSTOMERS, "--reason", "not_in_list", "--column", "account_type", "--to", str(path))
    house.load("customer_ref,email\nk3,eve@example.org\n", "later.csv")
    path.write_text(path.read_text(encoding="utf-8").replace("person", "consumer"), encoding="utf-8")
    assert "1 has a key that other deliveries brought too; of those the greatest updated_at counts" in house.resubmit(
        path
    )


def test_nothing_is_loaded_while_a_night_runs(house: House) -> None:
    report = house.load(DELIVERY)
    path = house.folder / "repair.csv"
    house.call("export", CUSTOMERS, "--to", str(path))
    with night_lock(house.home.night_lock, owner="tessera run"):
        told = house.refused("resubmit", CUSTOMERS, str(path), "--config", str(house.config))
        assert "another run is working" in told
        told = house.refused("dismiss", CUSTOMERS, "--batch", report.batch_id, "--all", "--why", "x")
        assert "another run is working" in told
    assert "4 open" in house.call("list")


def test_a_contract_that_no_source_feeds_is_told_of(house: House) -> None:
    house.load(DELIVERY)
    write_config(house.folder)
    path = house.folder / "repair.csv"
    house.call("export", CUSTOMERS, "--to", str(path))
    path.write_text(path.read_text(encoding="utf-8").replace("31.01.1980", "1980-01-31"), encoding="utf-8")
    assert f"{CUSTOMERS} is not among the sources of this configuration" in house.resubmit(path)


def test_batches_are_found_by_the_beginning_of_their_names(house: House) -> None:
    report = house.load(DELIVERY)
    assert "more than one" not in house.call("show", CUSTOMERS, "--batch", report.batch_id[:4])
    house.load(DELIVERY.replace("k", "m"), "more.csv")
    assert "no batch 'xyz'" in house.refused("show", CUSTOMERS, "--batch", "xyz")
    assert "more than one batch ''" in house.refused("show", CUSTOMERS, "--batch", "")


def test_which_records_to_dismiss_must_be_clear(house: House) -> None:
    report = house.load(DELIVERY)
    told = house.refused("dismiss", CUSTOMERS, "--batch", report.batch_id, "--why", "x")
    assert "it is not clear which records to dismiss" in told
    both = ("--record", "2", "--all", "--why", "x")
    assert "found:    both" in house.refused("dismiss", CUSTOMERS, "--batch", report.batch_id, *both)
