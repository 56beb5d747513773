"""A source drafted out of a file: the order of the steps.

Belongs here: what is done after what, and which files come of it. Does not belong here: how any step works, writing
(placement.py), what is told on the console.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from data_contracts import sql_quoting as sql
from data_contracts.contract import SUFFIX, Contract, load_contract, load_contracts
from data_contracts.dbt_boundary import sources_yaml
from orchestration.onboarding.canonical import canonical_columns
from orchestration.onboarding.contract_text import contract_text
from orchestration.onboarding.entity_draft import EntityDraft, draft_entity
from orchestration.onboarding.entity_guess import HELPER, EntityChoice, choose_entity
from orchestration.onboarding.errors import OnboardingError
from orchestration.onboarding.file_form import Given, find_form
from orchestration.onboarding.keys import KeyChoice, choose_key
from orchestration.onboarding.known_contracts import fitting_contract
from orchestration.onboarding.placement import Placement, check_free, placement
from orchestration.onboarding.profile import FileProfile, profile_sample
from orchestration.onboarding.sample import take_sample
from orchestration.onboarding.source_entry import entry_text, reading_options
from orchestration.onboarding.staging_text import grain_of, staging_text
from orchestration.onboarding.trial import Trial, try_contract, try_model
from orchestration.onboarding.unit_test_text import unit_test_text

# As the project's own rules want names of sources and tables.
_NAME = re.compile(r"[a-z]+__[a-z]+(_[a-z]+)*")
# The tables of what estimators find; a source of that name would take their place.
_TAKEN = frozenset({"ml"})


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Everything that was found out and drafted; nothing of it is written yet.

    Attributes:
        profile: The file's columns.
        choice: What its records are.
        key: What identifies them.
        entity: The staging model's columns, what is assumed and what is missing.
        trial: What became of the file under the drafted contract.
        outcome: What the drafted model made of it, in sentences.
        known: A contract of the project that fits the file as it is, or None.
        files: What to write.
        entry: The entry for ``tessera.yml``.
    """

    profile: FileProfile
    choice: EntityChoice
    key: KeyChoice
    entity: EntityDraft
    trial: Trial
    outcome: tuple[str, ...]
    known: str | None
    files: Placement
    entry: str


def draft_source(
    name: str,
    path: Path,
    *,
    project: Path,
    given: Given,
    entity: str | None,
    currency: str | None,
    workspace: Path,
    now: dt.datetime,
) -> Draft:
    """Draft a source out of a file.

    Args:
        name: ``<source>__<table>``.
        path: The file.
        project: The checkout it is for.
        given: Reading options that need not be found out.
        entity: A canonical entity, ``none``, or None to guess.
        currency: ISO code of the amounts, where no column has it.
        workspace: An empty folder; the caller removes it.
        now: The present, with a zone.

    Raises:
        OnboardingError: When nothing can be drafted out of the file, or the name is taken.
        FileRejectedError: When the readers refuse the file.
        ContractError: When a contract of the project is broken.
    """
    _check_name(name)
    canonical = canonical_columns(project)
    check_free(project, name)
    form = find_form(path, given)
    with duckdb.connect() as con:
        con.execute(f"set memory_limit = '1GB'; set threads = 2; set temp_directory = {sql.path(workspace / 'spill')}")
        con.execute("set enable_progress_bar = false; set TimeZone = 'UTC'")
        sample = take_sample(con, path, form, workspace=workspace)
        profile = profile_sample(con, sample)
        choice = choose_entity(profile, name.partition("__")[2], wanted=entity, canonical=canonical)
        if choice.entity in ("companies", "products"):
            profile = profile.about_things()
        key = choose_key(con, profile, choice.entity, choice.roles)
        text = contract_text(name, profile, choice, key, today=now.date())
        contract = _loaded_contract(name, text, workspace)
        options = reading_options(profile, time_zone=given.time_zone, encoding=sample.form.options.encoding)
        trial = try_contract(con, contract, sample.file, options=options, workspace=workspace / "trial", now=now)
        columns = canonical.get(choice.entity, {})
        drafted = draft_entity(con, profile, choice, key, contract=name, canonical=columns, currency=currency)
        model = staging_text(drafted, choice, key, contract=name, file=path.name)
        outcome = try_model(con, model, trial, project=project, canonical=columns, currency=currency or "EUR")
        test = unit_test_text(con, profile, model, contract=name, loaded=trial.loaded, project=project)
    inbound = load_contracts(project / "data_contracts" / "inbound")
    known = fitting_contract([column.source_name for column in sample.columns], inbound.values())
    source = contract.source or ""
    tables = [contract, *(other for other in inbound.values() if other.source == source)]
    entry_options = reading_options(profile, time_zone=given.time_zone, encoding=form.options.encoding)
    return Draft(
        profile=profile,
        choice=choice,
        key=key,
        entity=drafted,
        trial=trial,
        outcome=tuple(outcome),
        known=known.name if known is not None else None,
        files=placement(
            project,
            contract,
            contract_text=text,
            model=model,
            description=_description(name, choice, key),
            unit_test=test,
            sources=sources_yaml(source, tables),
        ),
        entry=entry_text(name, path, profile, entry_options, time_zone=given.time_zone),
    )


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or name.partition("__")[0] in _TAKEN:
        raise OnboardingError(
            f"{name!r} cannot be the name of a contract",
            expected="<source>__<table> in lower-case letters, _ inside the table's name only, such as till__receipts",
            found=name,
            fix="choose another name",
        )


def _loaded_contract(name: str, text: str, workspace: Path) -> Contract:
    """The contract as the project reads it; also shows that the draft is a valid one."""
    folder = workspace / "contract"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}{SUFFIX}"
    path.write_text(text, encoding="utf-8")
    return load_contract(path)


def _description(name: str, choice: EntityChoice, key: KeyChoice) -> str:
    source, _, table = name.partition("__")
    shape = "" if choice.entity == HELPER else ", in the shape of the canonical " + choice.entity.replace("_", " ")
    grain = grain_of(choice.entity, key)
    return f"What {source} delivers as {table.replace('_', ' ')}{shape}. One row per {grain}."
