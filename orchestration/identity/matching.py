"""One night of matching: from profiles to customers, in the order of the work.

Belongs here: which step follows which, and when pairs are scored anew. Does not belong here: any of the steps.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import duckdb

from orchestration.configuration.identity_settings import Identity
from orchestration.identity import person_model
from orchestration.identity.candidates import KEYS, MAX_BLOCK, find_candidates
from orchestration.identity.carried import add_kept_scores, take_kept_terms, write_findings, write_state
from orchestration.identity.clusters import STRENGTHS, keep_apart, put_together
from orchestration.identity.customer_ids import give_ids
from orchestration.identity.identifiers import attach_nameless, find_identifiers, link_identifiers
from orchestration.identity.ledger import write_ledger
from orchestration.identity.measures import Estimates, estimate
from orchestration.identity.name_rules import create_name_rules
from orchestration.identity.neighbourhood import find_neighbourhood, find_new
from orchestration.identity.overrides import Override, apply_overrides
from orchestration.identity.profiles import count_names, take_profiles
from orchestration.identity.review import find_doubtful
from orchestration.identity.scores import Veto, decide_veto, score_candidates
from orchestration.identity.tables import single

# More new profiles than this share of all and everything is scored again.
MOST_NEW = 0.1
# The model no longer fits when the steps of agreement among linked pairs have moved this far (population stability
# index; from 0.25 it is usually called a shift).
MOST_SHIFT = 0.25


@dataclass(frozen=True, kw_only=True)
class Matched:
    """What a night of matching did.

    Attributes:
        is_full: Whether all pairs were scored, not only those of new profiles.
        why: Why they were, or were not.
        profiles, customers, new_profiles: Counts of tonight.
        looked_at: Profiles that were matched; of an increment the new ones and their neighbourhood.
        candidates, linked, doubtful: Pairs compared, put together by the model, and near the threshold.
        blocked_values, contested_values: Identifiers that link nobody, and that several people share.
        refused_links, rebuilt_components: What may not be together and was kept apart.
        waiting_overrides: Decisions about records that are not there.
        merges, splits, moves: Events of customers that had an id before.
        veto: Whether different given names keep people apart.
        estimates: What matching says of its own precision and recall.
        is_new_model: Whether parameters were estimated tonight.
        shifts: How far each comparison has moved since the model was estimated.
        not_learnt: Blocks that had too few pairs to learn from.
        seconds: Time by step.
    """

    is_full: bool
    why: str
    profiles: int
    looked_at: int
    customers: int
    new_profiles: int
    candidates: int
    linked: int
    doubtful: int
    blocked_values: int
    contested_values: int
    refused_links: int
    rebuilt_components: int
    waiting_overrides: int
    merges: int
    splits: int
    moves: int
    veto: Veto
    estimates: Estimates | None
    is_new_model: bool
    shifts: dict[str, float]
    not_learnt: list[str]
    seconds: dict[str, float] = field(compare=False)


def match_persons(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    *,
    rules: Identity,
    overrides: Sequence[Override],
    night: dt.date,
    about: dict[str, Any] | None,
    refit: bool = False,
) -> tuple[Matched, dict[str, Any]]:
    """Match the profiles of a relation.

    Args:
        connection: A connection of its own, in which ``StateStore.open`` has made the tables of the state before.
        relation: The profiles, with the columns of ``PROFILE_COLUMNS``.
        rules: The settings.
        overrides: What people have decided.
        night: Tonight's date; ids never change on a date before the state's.
        about: What the state before says about itself, or None.
        refit: Whether a person wants the model estimated anew, and all pairs scored, although nothing has shifted.

    Returns:
        What was done, and what the new state says about itself. Leaves ``profiles``, ``components``, ``members``,
        ``customers``, ``links``, ``refused_links``, ``identifiers``, ``scores`` and the ``state_*`` tables.
    """
    clock = _Clock()
    new, total = find_new(connection, relation)
    is_full, why = _scope(about, new=new, profiles=total, night=night, rules=rules, refit=refit)
    some = relation
    if is_full or about is None:
        count_names(connection, relation)
        _reconsider(connection, relation)
    else:
        # Those of last night too: what a decision that was taken back had done is undone.
        some = _neighbourhood(connection, relation, sorted({*_named(overrides), *about["decided"]}))
    profiles = take_profiles(connection, some)
    connection.execute(
        "create or replace table new_profiles as select n from profiles semi join arrived using (profile_id)"
    )
    create_name_rules(connection)
    waiting = apply_overrides(connection, overrides)
    find_identifiers(
        connection,
        blocked=rules.blocked(),
        max_people=rules.max_people_per_value,
        known_blocked="(select null as kind, null as value, null as reason where false)"
        if is_full
        else "previous_blocked",
    )
    link_identifiers(connection)
    connection.execute(f"create or replace table links as {_sure_links()}")
    put_together(connection, "links")
    clock.lap("identifiers")

    person_model.create_people(connection)
    model, shifts, not_learnt, is_new_model = _model(connection, about, is_full=is_full, refit=refit, clock=clock)
    veto = decide_veto(connection) if is_full or about is None else Veto(**about["veto"])
    candidates = find_candidates(connection, names_must_fit=veto.holds, only_new=not is_full)
    clock.lap("candidates")
    expected = score_candidates(
        connection,
        model,
        at_least=rules.review_from,
        veto=veto.holds,
        expected=None if is_full or about is None else about["expected"],
    )
    if not is_full:
        add_kept_scores(connection)
    clock.lap("scores")

    connection.execute(
        f"""
        insert into links
        select l, r, 'match' as kind, weight as strength, null as value
        from scores where probability >= {rules.threshold} and not is_vetoed
        """
    )
    put_together(connection, "links")
    limits = rules.limits.model_dump()
    rebuilt = keep_apart(
        connection, limits=limits, one_record_sources=rules.one_record_per_customer, names_must_fit=veto.holds
    )
    _attach(connection)
    clock.lap("clusters")

    effective_night = max(night, dt.date.fromisoformat(about["night"])) if about else night
    give_ids(connection, prefix="c_", night=effective_night.isoformat())
    write_ledger(connection, night=effective_night.isoformat())
    clock.lap("ids")
    estimates = estimate(connection, model, threshold=rules.threshold) if is_full else None
    clock.lap("estimates")
    write_state(connection, is_full=is_full)
    find_doubtful(connection, threshold=rules.threshold)
    write_findings(connection, is_full=is_full)
    events = dict(connection.execute("select event, count(*) from events group by event").fetchall())
    statuses = dict(connection.execute("select status, count(*) from identifiers group by status").fetchall())
    matched = Matched(
        is_full=is_full,
        why=why,
        profiles=total,
        looked_at=profiles,
        customers=single(connection, "select count(distinct customer_id) from members where valid_to is null"),
        new_profiles=new,
        candidates=candidates,
        linked=single(connection, "select count(*) from links where kind = 'match'"),
        doubtful=single(connection, f"select count(*) from scores where probability < {rules.threshold}"),
        blocked_values=statuses.get("blocked", 0),
        contested_values=statuses.get("contested", 0),
        refused_links=single(connection, "select count(*) from refused_links"),
        rebuilt_components=rebuilt,
        waiting_overrides=waiting,
        merges=events.get("merge", 0),
        splits=events.get("split", 0),
        moves=events.get("move", 0),
        veto=veto,
        estimates=estimates,
        is_new_model=is_new_model,
        shifts=shifts,
        not_learnt=not_learnt,
        seconds=clock.seconds,
    )
    kept = about or {}
    return matched, {
        "night": effective_night.isoformat(),
        "full_run_on": night.isoformat() if is_full else kept["full_run_on"],
        "definition": definition(),
        "decided": sorted(_named(overrides)),
        "model": model,
        "model_night": night.isoformat() if is_new_model else kept["model_night"],
        "veto": asdict(veto),
        "expected": expected,
        "silver": estimates.silver if is_new_model and estimates else kept.get("silver", {}),
        "estimates": _figures(estimates) if estimates else kept.get("estimates", {}),
    }


def definition() -> str:
    """Digest of what is compared and how candidates are found: a model fits no other definition."""
    compared = [comparison.create_comparison_dict("duckdb") for comparison in person_model.person_comparisons()]
    text = json.dumps([compared, KEYS, MAX_BLOCK], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _figures(estimates: Estimates) -> dict[str, float | None]:
    return {name: value for name, value in asdict(estimates).items() if name != "silver"}


def _sure_links() -> str:
    strengths = " ".join(f"when '{kind}' then {strength}" for kind, strength in STRENGTHS.items())
    return f"""
        select distinct l, r, kind, cast(case kind {strengths} end as double) as strength, value from identifier_links
        union all
        select l, r, 'override' as kind, {STRENGTHS["override"]} as strength, null as value from joined
        """


def _named(overrides: Sequence[Override]) -> set[str]:
    """The records that decisions are about."""
    return {name for override in overrides for name in (override.left_record, override.right_record)}


def _neighbourhood(connection: duckdb.DuckDBPyConnection, relation: str, decided: list[str]) -> str:
    """The relation of what an increment looks at."""
    connection.execute("create or replace table name_counts as from previous_names")
    connection.execute(
        f"""
        create or replace table decided_profiles as
        select profile_id from {relation} where list_contains($1, profile_id) or list_contains($1, customer_ref)
        """,
        [decided],
    )
    find_neighbourhood(connection, relation)
    _reconsider(connection, "scope")
    return f"(select * from {relation} semi join scope using (profile_id))"


def _reconsider(connection: duckdb.DuckDBPyConnection, relation: str) -> None:
    connection.execute(
        f"""
        create or replace table reconsidered as
        select profile_id from {relation} union all select profile_id from gone
        """
    )


def _scope(
    about: dict[str, Any] | None, *, new: int, profiles: int, night: dt.date, rules: Identity, refit: bool
) -> tuple[bool, str]:
    if about is None:
        return True, "there is no night before"
    if refit:
        return True, "a person asked for it"
    if about["definition"] != definition():
        return True, "what is compared has changed"
    age = (night - dt.date.fromisoformat(about["full_run_on"])).days
    if age >= rules.full_run_every_days:
        return True, f"the last full run was {age} days ago"
    if new > MOST_NEW * profiles:
        return True, f"{new:,} of {profiles:,} profiles are new"
    return False, f"{new:,} new profiles; the last full run was {age} days ago"


def _model(
    connection: duckdb.DuckDBPyConnection, about: dict[str, Any] | None, *, is_full: bool, refit: bool, clock: _Clock
) -> tuple[dict[str, Any], dict[str, float], list[str], bool]:
    """The model to score with: the kept one as long as it fits, else one estimated tonight."""
    if about is not None and not is_full:
        take_kept_terms(connection)
        return about["model"], {}, [], False
    person_model.count_terms(connection)
    shifts: dict[str, float] = {}
    if about is not None and about["definition"] == definition() and not refit:
        shifts = _shifts(about["silver"], _silver(connection, about["model"]))
        clock.lap("fit")
        if max(shifts.values(), default=0.0) <= MOST_SHIFT:
            return about["model"], shifts, [], False
    model, not_learnt = person_model.train(connection)
    clock.lap("training")
    return model, shifts, not_learnt, True


def _silver(connection: duckdb.DuckDBPyConnection, model: dict[str, Any]) -> dict[str, dict[str, float]]:
    connection.execute("create or replace table scores (l integer, r integer, probability double, is_vetoed boolean)")
    return estimate(connection, model, threshold=0.5).silver


def _shifts(before: dict[str, dict[str, float]], tonight: dict[str, dict[str, float]]) -> dict[str, float]:
    """Population stability index of every comparison's steps among pairs that an identifier links."""
    return {name: round(_stability_index(steps, tonight[name]), 4) for name, steps in before.items() if name in tonight}


def _stability_index(before: dict[str, float], now: dict[str, float]) -> float:
    # A share of nothing has no logarithm.
    least = 1e-3
    pairs = [(max(before.get(step, 0.0), least), max(now.get(step, 0.0), least)) for step in {*before, *now}]
    return sum((new - old) * math.log(new / old) for old, new in pairs)


def _attach(connection: duckdb.DuckDBPyConnection) -> None:
    attach_nameless(connection)
    connection.execute(
        """
        insert into links select l, r, 'attached' as kind, 0.0 as strength, value from attachments;
        create or replace table components as
        select components.n, coalesce(attached.component, components.component) as component
        from components
        left join (
            select nameless.component as nameless, owner.component
            from attachments
            inner join components as nameless on attachments.r = nameless.n
            inner join components as owner on attachments.l = owner.n
        ) as attached on components.component = attached.nameless
        order by components.n
        """
    )


class _Clock:
    """Wall-clock seconds by step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._since = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = round(now - self._since, 3)
        self._since = now
