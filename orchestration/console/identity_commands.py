"""The commands ``tessera identity ...``.

Belongs here: the commands, their options and what they say. Does not belong here: tables (identity_explanation.py,
identity_tables.py), what they are made of (``identity``).

They show names and addresses, because that is what a person decides by; nothing of it goes to a log.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from orchestration.configuration.deployment import Deployment, load_deployment
from orchestration.console.account import account
from orchestration.errors import TesseraError
from orchestration.warehouse_reading import open_warehouse

if TYPE_CHECKING:
    import duckdb

    from orchestration.identity.overrides import Decision, Override
    from orchestration.identity.state import State

identity_app = typer.Typer(no_args_is_help=True, help="Look at who is who and why, and decide about doubtful pairs.")
ConfigOption = Annotated[Path | None, typer.Option("--config", help="The tessera.yml, as for tessera run.")]
HomeOption = Annotated[
    Path | None, typer.Option("--home", help="The state folder. Default: $TESSERA_HOME or .tessera.")
]
_SHOWN_PAIRS = 20


@identity_app.command()
def explain(
    customer: Annotated[
        str,
        typer.Argument(
            help="A customer_id (also a retired one), a reference such as hubspot:123, or an e-mail address."
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="The same as one JSON object.")] = False,
    config: ConfigOption = None,
    home: HomeOption = None,
) -> None:
    """Show why a customer's records are one customer. Prints personal data."""
    from orchestration.console.identity_explanation import show_explanation
    from orchestration.identity.explain import explain_customer, find_customer

    deployment = _matched(config, home)
    overrides = _overrides(deployment)
    with _warehouse(deployment) as con:
        state = _state(deployment)
        told = explain_customer(con, find_customer(con, customer), state=state, overrides=overrides)
    if as_json:
        typer.echo(json.dumps(asdict(told), ensure_ascii=False, indent=1))
        return
    show_explanation(_console(), told)


@identity_app.command()
def review(
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help=f"Default: {_SHOWN_PAIRS}, with --export all.")
    ] = None,
    export: Annotated[
        Path | None, typer.Option("--export", help="Write the pairs to a new CSV file with room for decisions.")
    ] = None,
    config: ConfigOption = None,
    home: HomeOption = None,
) -> None:
    """Show pairs of records that may be one person, side by side. Prints personal data."""
    from orchestration.console.identity_tables import show_queue
    from orchestration.identity.doubtful_pairs import read_queue
    from orchestration.identity.review_file import write_review_file

    deployment = _matched(config, home)
    shown = limit if export or limit else _SHOWN_PAIRS
    with _warehouse(deployment) as con:
        pairs, count = read_queue(con, overrides=_overrides(deployment), limit=shown)
    if not count:
        _say("There are no doubtful pairs that nobody has decided.")
    elif export:
        write_review_file(export, pairs)
        _say(
            f"{_counted(len(pairs), 'pair')} in {export}, which only you can read: they hold personal data.\n"
            "Write must_link or cannot_link into the column decision, and a reason, where you are sure; then:\n"
            f"  tessera identity decide --file {export}"
        )
    else:
        show_queue(_console(), pairs, of=count)


@identity_app.command()
def decide(
    left: Annotated[str | None, typer.Argument(help="A record: a reference such as hubspot:123, or a profile.")] = None,
    right: Annotated[str | None, typer.Argument(help="Another record.")] = None,
    same: Annotated[bool, typer.Option("--same", help="They are one person.")] = False,
    different: Annotated[bool, typer.Option("--different", help="They are two.")] = False,
    reason: Annotated[str | None, typer.Option("--reason", help="How you know.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who decides. Default: your login name.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="A filled in file of tessera identity review --export.")
    ] = None,
    config: ConfigOption = None,
    home: HomeOption = None,
) -> None:
    """Decide that records are one person, or are not. It counts from the next night on."""
    from orchestration.identity.left_by_night import require_records

    deployment = _matched(config, home)
    if file is None:
        decisions = [_decision(deployment, left, right, same=same, different=different, reason=reason, by=by)]
    elif left or right or same or different or reason:
        raise TesseraError(
            "it is not clear what to decide",
            expected="two records with --same or --different and a --reason, or a --file with all of that",
            found="both",
            fix="leave out the one or the other",
        )
    else:
        decisions = _decisions_of(deployment, file, by=by)
    with _warehouse(deployment) as con:
        customers = require_records(
            con, list(dict.fromkeys(record for each in decisions for record in (each.left_record, each.right_record)))
        )
    added = _keep(deployment, decisions)
    kept = _overrides_file(deployment)
    if file is not None:
        _say(
            f"{_counted(added, 'decision')} added to {kept}; {len(decisions) - added:,} of the file were in it already."
        )
    else:
        (each,) = decisions
        names = sorted(customers[each.left_record] | customers[each.right_record])
        together = customers[each.left_record] & customers[each.right_record]
        _say(
            f"{each.left_record} and {each.right_record} are {'one person' if same else 'two people'}: "
            f"{'written to' if added else 'it was already in'} {kept}\n"
            f"So far they are {'one customer' if together else f'{len(names)} customers'}, {' and '.join(names)}."
        )
    _say("It counts from the next night on: tessera run")


@identity_app.command()
def status(config: ConfigOption = None, home: HomeOption = None) -> None:
    """Show how matching stands: counts, estimates, shared values, decisions that wait."""
    from orchestration.console.identity_tables import show_standing
    from orchestration.identity.standing import read_standing

    deployment = _matched(config, home)
    with _warehouse(deployment) as con:
        standing = read_standing(con, _state(deployment), _overrides(deployment))
    show_standing(_console(), standing, served=_served_as(deployment, standing.state))


@identity_app.command()
def score(
    truth: Annotated[
        Path, typer.Argument(help="CSV or Parquet with record_id (hubspot:123, or a profile) and person_id.")
    ],
    config: ConfigOption = None,
    home: HomeOption = None,
) -> None:
    """Hold the customers against a table of who is who."""
    from orchestration.console.identity_tables import show_figures
    from orchestration.identity.truth import compare_with_truth

    with _warehouse(_matched(config, home)) as con:
        comparison = compare_with_truth(con, truth)
    show_figures(_console(), comparison.figures, unknown=comparison.unknown)


def _matched(config: Path | None, home: Path | None) -> Deployment:
    """The deployment, if it matches records.

    Raises:
        TesseraError: It does not.
    """
    deployment = load_deployment(config, home)
    if not deployment.settings.identity.matching:
        raise TesseraError(
            "matching is off in this deployment",
            expected="identity.matching: true",
            found=f"matching: false in {deployment.config_path}, so that every reference is a customer of its own and "
            "there is nothing to explain or to decide",
            fix="switch it on and run a night: tessera run",
        )
    return deployment


@contextmanager
def _warehouse(deployment: Deployment) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, only to be read, as a night has left it.

    Raises:
        TesseraError: There is no night, or one is at work.
    """
    # Imported here, with everything that reads data, because the other commands should not wait for it.
    from orchestration.identity.left_by_night import check_complete

    with open_warehouse(deployment, owner="tessera identity") as con:
        check_complete(con)
        yield con


def _state(deployment: Deployment) -> State:
    """What the night left that the warehouse holds.

    Raises:
        TesseraError: The warehouse's night did not come to the end of matching.
    """
    from orchestration.gate.expectations import IDENTITY_BUILD
    from orchestration.gate.ledger import Ledger
    from orchestration.identity.state import StateStore

    result = Ledger(deployment.home.ledger).results().get(IDENTITY_BUILD)
    if result is None:
        raise TesseraError(
            "the last night did not come to the end of matching",
            expected=f"a result {IDENTITY_BUILD} in {deployment.home.ledger}",
            found="none",
            fix="run the night again: tessera run",
        )
    return StateStore(deployment.home.identity).load(result.detail)


def _served_as(deployment: Deployment, state: State) -> str | None:
    from orchestration.publishing.manifest import read_manifest
    from orchestration.publishing.version_store import VersionStore

    current = VersionStore(deployment.home.published).current()
    if current is None or read_manifest(current.path).models.get("identity") != state.name:
        return None
    return current.name


def _overrides_file(deployment: Deployment) -> Path:
    return deployment.config_path.parent / deployment.settings.identity.overrides


def _overrides(deployment: Deployment) -> list[Override]:
    from orchestration.identity.overrides import read_overrides

    return read_overrides(_overrides_file(deployment))


def _decision(
    deployment: Deployment,
    left: str | None,
    right: str | None,
    *,
    same: bool,
    different: bool,
    reason: str | None,
    by: str | None,
) -> Override:
    if not left or not right or left == right or same is different or not (reason or "").strip():
        given = [*filter(None, (left, right)), *(["--same"] * same), *(["--different"] * different)]
        raise TesseraError(
            "it is not clear what to decide",
            expected="two records, --same or --different, and a --reason; or a --file",
            found=" ".join([*given, f"--reason {reason}" if reason else "without a reason"]),
            fix="see the pairs that are worth a decision with: tessera identity review",
        )
    return _override(deployment, left, right, "must_link" if same else "cannot_link", str(reason), by)


def _decisions_of(deployment: Deployment, file: Path, *, by: str | None) -> list[Override]:
    from orchestration.identity.review_file import read_review_file

    found = read_review_file(file)
    if not found:
        raise TesseraError(
            f"{file} holds no decisions",
            expected="must_link or cannot_link in the column decision of at least one line",
            found="empty ones",
            fix="fill in the lines that you are sure of",
        )
    return [
        _override(deployment, line.left_record, line.right_record, line.decision, line.reason, by) for line in found
    ]


def _override(
    deployment: Deployment, left: str, right: str, decision: Decision, reason: str, by: str | None
) -> Override:
    from orchestration.identity.overrides import Override, today

    return Override(
        decision=decision,
        left_record=left,
        right_record=right,
        reason=reason.strip(),
        decided_by=by or account(),
        decided_on=today(ZoneInfo(deployment.settings.company.time_zone)),
    )


def _keep(deployment: Deployment, decisions: Sequence[Override]) -> int:
    """Add decisions to the file, all or none, and return how many were not there yet."""
    from orchestration.identity.overrides import add_override

    file = _overrides_file(deployment)
    decided = {frozenset((each.left_record, each.right_record)): each for each in _overrides(deployment)}
    added = []
    for each in decisions:
        before = decided.setdefault(frozenset((each.left_record, each.right_record)), each)
        if before.decision != each.decision:
            raise TesseraError(
                f"{each.left_record} and {each.right_record} have been decided about otherwise",
                expected=f"{before.decision}, as {before.decided_by} decided on {before.decided_on}: {before.reason}",
                found=each.decision,
                fix=f"decide anew by removing that line from {file}; nothing was added",
            )
        if before is each:
            added.append(each)
    for each in added:
        add_override(file, each)
    return len(added)


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'s' * (count != 1)}"


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else 120)


def _say(text: str) -> None:
    _console().print(text, markup=False, highlight=False, soft_wrap=True)
