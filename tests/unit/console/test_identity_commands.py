"""``tessera identity`` as a person uses them, on a home with matched people."""

from __future__ import annotations

import csv
import getpass
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from data_contracts.contract import Contract, load_contracts
from orchestration.cli import app
from orchestration.configuration import deployment
from orchestration.errors import TesseraError
from orchestration.gate.expectations import IDENTITY_BUILD
from orchestration.gate.ledger import Ledger
from orchestration.identity.overrides import Override, read_overrides
from orchestration.identity.truth import compare_with_truth
from orchestration.night_lock import night_lock
from tests.support.deployments import write_config
from tests.support.matched_home import MatchedHome, matched_home

_CONTRACTS: dict[Path, dict[str, Contract]] = {}
# What hubspot:1 says of itself; nobody else's phone.
MARIAS_PHONE = "+493012345"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> MatchedHome:
    return matched_home(tmp_path_factory.mktemp("matched"))


@pytest.fixture(autouse=True)
def contracts_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command reads all contracts, which takes seconds; here they stay the same."""
    monkeypatch.setattr(deployment, "load_contracts", _load_contracts)


def _load_contracts(folder: Path, **options: Any) -> dict[str, Contract]:
    if folder not in _CONTRACTS:
        _CONTRACTS[folder] = load_contracts(folder, **options)
    return _CONTRACTS[folder]


class Desk:
    """A configuration of one's own on the common home, and the commands on them."""

    def __init__(self, home: MatchedHome, folder: Path) -> None:
        self.home = home
        self.config = write_config(folder)
        self.overrides = folder / "identity_overrides.csv"

    def call(self, *arguments: str) -> str:
        places = ["--config", str(self.config), "--home", str(self.home.deployment.home.root)]
        done = CliRunner().invoke(app, [*arguments, *places])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    def refused(self, *arguments: str) -> str:
        with pytest.raises(TesseraError) as error:
            self.call(*arguments)
        assert error.value.exit_code == 2
        return str(error.value)

    def decide(self, *arguments: str) -> str:
        return self.call("identity", "decide", *arguments)


@pytest.fixture
def desk(home: MatchedHome, tmp_path: Path) -> Desk:
    return Desk(home, tmp_path)


def words(text: str) -> str:
    """What a table says, without its frame."""
    return " ".join(text.translate({ord(sign): " " for sign in "│┃┏┓┗┛┡┩└┘━─╇┳┴┼├┤┌┐┬"}).split())


COMMANDS = [
    ("identity", "explain", "hubspot:1"),
    ("identity", "review"),
    ("identity", "decide", "hubspot:1", "hubspot:2", "--same", "--reason", "known"),
    ("identity", "status"),
    ("identity", "score", "truth.csv"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_where_nothing_is_matched_every_command_says_what_that_means(desk: Desk, command: tuple[str, ...]) -> None:
    desk.config = write_config(desk.config.parent, more="identity:\n  matching: false\n")
    told = desk.refused(*command)
    assert "matching is off" in told
    assert f"matching: false in {desk.config}" in told
    assert "every reference is a customer of its own" in told


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_before_the_first_night_there_is_nothing_to_look_at(
    desk: Desk, tmp_path: Path, command: tuple[str, ...]
) -> None:
    with pytest.raises(TesseraError, match="there is no warehouse") as error:
        CliRunner().invoke(
            app, [*command, "--config", str(desk.config), "--home", str(tmp_path / "new")], catch_exceptions=False
        )
    assert "tessera run" in error.value.fix
    assert not (tmp_path / "new").exists()


def test_while_a_night_is_at_work_nobody_is_told_half_of_it(desk: Desk) -> None:
    with night_lock(desk.home.deployment.home.night_lock, owner="a night"):
        assert "another run is working" in desk.refused("identity", "explain", "hubspot:1")


def test_a_night_that_did_not_finish_matching_is_not_explained(desk: Desk) -> None:
    ledger = Ledger(desk.home.deployment.home.ledger)
    before = ledger.results()
    ledger.forget([IDENTITY_BUILD])
    try:
        assert "did not come to the end of matching" in desk.refused("identity", "explain", "hubspot:1")
    finally:
        ledger.record(before.values())


def test_a_customer_is_explained_with_everything_that_holds_it_together(desk: Desk) -> None:
    shown = desk.call("identity", "explain", "hubspot:1")
    told = words(shown)
    customer = desk.home.customer_of("p_maria")
    assert f"{customer}, since 2026-06-01, named after hubspot:1" in shown
    assert "email familie@muster.example hubspot__contacts hubspot:1 2026-05-01" in told
    assert "1 hubspot:1 MARIA MUSTER gartenstrasse 5 3 2026-05-01" in told
    assert MARIAS_PHONE in told
    assert "Match 1 - 3: the sum of" in shown
    assert "odds that any two records are one person" in shown
    assert "birth date: same" in shown
    assert "phone:" not in shown
    assert "email familie@muster.example 3 contested names of different people" in told
    assert "tessera identity decide hubspot:2 hubspot:1 --different --reason WHY" in shown
    assert f"{customer} 2026-06-01 now 3" in told
    assert max(map(len, shown.splitlines())) <= 120


def test_the_explanation_as_json_is_the_same(desk: Desk) -> None:
    told = json.loads(desk.call("identity", "explain", "mm@shop.example", "--json"))
    assert told["customer"]["customer_id"] == desk.home.customer_of("p_maria")
    assert [row["profile_id"] for row in told["profiles"]] == ["p_maria", "p_answer", "p_maria_order"]
    match = told["links"][0]
    assert match["weighing"]["total"] == pytest.approx(match["strength"], abs=1e-5)
    assert {part["comparison"] for part in match["weighing"]["parts"]} >= {"first name", "birth date", "email"}


def test_whoever_is_unknown_is_refused_with_what_to_do(desk: Desk) -> None:
    told = desk.refused("identity", "explain", "hubspt:1")
    assert "there is hubspot:1" in told
    assert "to do:" in told


def test_the_queue_shows_both_records_and_how_to_decide(desk: Desk) -> None:
    shown = desk.call("identity", "review")
    told = words(shown)
    assert "different given names" in told
    assert "name JONAS MUSTER MARIA MUSTER" in told
    assert "address gartenstrasse 5, 10115, berlin gartenstrasse 5, 10115, berlin" in told
    assert "tessera identity decide hubspot:2 hubspot:1 --same --reason WHY" in shown
    assert "1 of 1 doubtful pairs" in shown


def test_a_pair_that_has_been_decided_is_no_longer_asked_about(desk: Desk) -> None:
    desk.decide("hubspot:1", "hubspot:2", "--different", "--reason", "husband and wife")
    assert "no doubtful pairs" in desk.call("identity", "review")
    assert "husband and wife" in words(desk.call("identity", "explain", "hubspot:2"))


def test_the_queue_goes_to_a_file_and_comes_back_decided(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "review.csv"
    assert f"1 pair in {file}" in desk.call("identity", "review", "--export", str(file))
    with file.open(encoding="utf-8-sig", newline="") as lines:
        (row,) = csv.DictReader(lines)
    assert "holds no decisions" in desk.refused("identity", "decide", "--file", str(file))
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(row))
        writer.writeheader()
        writer.writerow({**row, "decision": "cannot_link", "reason": "a couple"})
    assert f"1 decision added to {desk.overrides}; 0 of" in desk.decide("--file", str(file), "--by", "eve")
    assert f"0 decisions added to {desk.overrides}; 1 of" in desk.decide("--file", str(file))
    (kept,) = read_overrides(desk.overrides)
    assert (kept.decision, kept.reason, kept.decided_by) == ("cannot_link", "a couple", "eve")


def test_a_decision_is_written_down_with_who_and_why(desk: Desk) -> None:
    told = desk.decide("hubspot:3", "shop:3", "--same", "--reason", " she rang ")
    assert f"hubspot:3 and shop:3 are one person: written to {desk.overrides}" in told
    assert "So far they are 2 customers" in told
    assert "It counts from the next night on" in told
    (kept,) = read_overrides(desk.overrides)
    assert kept == Override(
        decision="must_link",
        left_record="hubspot:3",
        right_record="shop:3",
        reason="she rang",
        decided_by=getpass.getuser(),
        decided_on=kept.decided_on,
    )
    assert "it was already in" in desk.decide("shop:3", "hubspot:3", "--same", "--reason", "again")
    assert len(read_overrides(desk.overrides)) == 1


def test_a_decision_against_another_one_is_refused_whole(desk: Desk, tmp_path: Path) -> None:
    desk.decide("hubspot:3", "shop:3", "--same", "--reason", "she rang")
    told = desk.refused("identity", "decide", "shop:3", "hubspot:3", "--different", "--reason", "no")
    assert "must_link" in told
    assert "she rang" in told
    file = tmp_path / "review.csv"
    file.write_text(
        "left_record,right_record,decision,reason\n"
        "hubspot:1,hubspot:2,cannot_link,a couple\n"
        "hubspot:3,shop:3,cannot_link,no\n",
        encoding="utf-8",
    )
    assert "nothing was added" in desk.refused("identity", "decide", "--file", str(file))
    assert len(read_overrides(desk.overrides)) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "not clear what to decide"),
        (("hubspot:1", "--same", "--reason", "x"), "not clear what to decide"),
        (("hubspot:1", "hubspot:1", "--same", "--reason", "x"), "not clear what to decide"),
        (("hubspot:1", "hubspot:2", "--reason", "x"), "not clear what to decide"),
        (("hubspot:1", "hubspot:2", "--same", "--different", "--reason", "x"), "not clear what to decide"),
        (("hubspot:1", "hubspot:2", "--same", "--reason", " "), "not clear what to decide"),
        (("hubspot:1", "hubspot:2", "--same"), "without a reason"),
        (("hubspot:1", "--file", "review.csv"), "not clear what to decide"),
        (("hubspot:1", "hubspot:9x", "--same", "--reason", "x"), "there is hubspot:1, hubspot:2, hubspot:3"),
        (("hubspot:1", "elsewhere:4711000", "--same", "--reason", "x"), "none of that name"),
    ],
)
def test_what_is_not_clear_or_not_there_is_not_decided(desk: Desk, arguments: tuple[str, ...], told: str) -> None:
    assert told in desk.refused("identity", "decide", *arguments)
    assert not desk.overrides.exists()


def test_a_customer_is_not_a_record(desk: Desk) -> None:
    customer = desk.home.customer_of("p_maria")
    told = desk.refused("identity", "decide", customer, "hubspot:2", "--same", "--reason", "x")
    assert "is a customer, not a record" in told
    assert f"tessera identity explain {customer}" in told


def test_the_standing_tells_what_the_night_made_and_waits_for(desk: Desk) -> None:
    desk.decide("hubspot:3", "shop:3", "--same", "--reason", "she rang")
    with desk.overrides.open("a", encoding="utf-8") as lines:
        lines.write("must_link,hubspot:3,hubspot:77,she said so,ada,2026-06-01\n")
    told = words(desk.call("identity", "status"))
    assert f"state {desk.home.state().name}, served as v000001" in told
    assert "all pairs scored on 2026-06-01" in told
    assert "refused links 0" in told
    assert "contested email 1 familie@muster.example: 3, names of different people" in told
    pending, waiting = told.split("Decisions that the next night takes up")[1].split("Decisions that wait")
    assert "must_link hubspot:3 shop:3 she rang" in pending
    assert "must_link hubspot:3 hubspot:77 she said so" in waiting


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_the_customers_are_held_against_the_truth(desk: Desk, tmp_path: Path, suffix: str) -> None:
    # Maria's order is hers, which matching found; Erika's accounts are one woman's, which it could not find.
    truth = {
        "hubspot:1": "maria",
        "p_maria_order": "maria",
        "hubspot:2": "jonas",
        "hubspot:3": "erika",
        "shop:3": "erika",
    }
    file = tmp_path / f"truth{suffix}"
    frame = pd.DataFrame({"record_id": [*truth, "hubspot:77"], "person_id": [*truth.values(), "nobody"]})
    frame.to_csv(file, index=False) if suffix == ".csv" else frame.to_parquet(file, index=False)
    told = words(desk.call("identity", "score", str(file)))
    assert "5 records against the truth" in told
    assert "pairs of records 1.0000 0.5000 0.6667" in told
    assert "records (B-cubed) 1.0000 0.8000 0.8889" in told
    assert "1 records of the file are not in the warehouse" in told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("record_id,person\nhubspot:1,maria\n", "cannot be read as a table of who is who"),
        ("record_id,person_id\nhubspot:1,maria\nhubspot:1,jonas\n", "contradicts itself"),
        ("record_id,person_id\n1,maria\n", "names no record of the warehouse"),
    ],
)
def test_a_truth_that_cannot_be_used_is_refused(desk: Desk, tmp_path: Path, content: str, told: str) -> None:
    file = tmp_path / "truth.csv"
    file.write_text(content, encoding="utf-8")
    assert told in desk.refused("identity", "score", str(file))
    with desk.home.warehouse() as con, pytest.raises(TesseraError, match="cannot be read"):
        compare_with_truth(con, tmp_path / "nowhere.csv")


def test_values_cannot_steer_the_terminal(desk: Desk) -> None:
    told = desk.decide("hubspot:1", "hubspot:2", "--different", "--reason", "a \x1b[31mcouple")
    assert "\x1b" not in told
    assert "\x1b" not in desk.call("identity", "explain", "hubspot:1")
