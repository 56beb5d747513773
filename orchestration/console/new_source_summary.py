"""What ``tessera new-source`` says.

Belongs here: tables and sentences on a drafted source. Does not belong here: drafting (``onboarding``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from rich.console import Console
from rich.table import Table

from orchestration.onboarding.draft import Draft
from orchestration.onboarding.profile import ColumnProfile


def show_draft(console: Console, draft: Draft, *, name: str, written: bool) -> None:
    """Tell what was found, what was assumed, how the file fares under the draft, and what to do next."""
    profile, sample = draft.profile, draft.profile.sample
    _say(console, f"\n{sample.file.name}", style="bold")
    for subject, sentence in sample.form.told:
        _say(console, f"  {subject:<11}{sentence}")
    if sample.form.format != "parquet":
        _say(console, f"  {'numbers':<11}{profile.notation.told}")
    _say(console, f"  {'looked at':<11}{_looked_at(draft)}")
    console.print(_columns(draft))
    _say(console, f"What it is: {draft.choice.entity}", style="bold")
    _say(console, f"  because     {draft.choice.told}")
    if draft.choice.others:
        _say(console, f"  or else     --entity {' or '.join(draft.choice.others)}")
    _say(console, f"  key         {draft.key.told}")
    if draft.key.event_time is not None:
        _say(console, f"  event time  {draft.key.event_time.name}")
    if draft.known is not None:
        _say(
            console,
            f"\nThis looks like {draft.known}, which the project knows already. List the file under\n"
            f"contract: {draft.known} and you may not need this draft.",
            style="yellow",
        )
    _list(console, "Look at these", _doubts(draft), style="yellow")
    _trial(console, draft)
    if written:
        _say(console, "\nWritten", style="bold")
        for path in sorted(draft.files.new):
            _say(console, f"  {path}")
        for path in sorted(draft.files.changed):
            _say(console, f"  {path} (added to)")
    _say(console, "\nPaste under sources: in your tessera.yml", style="bold")
    _say(console, draft.entry)
    _say(console, "Then", style="bold")
    model = f"stg_{name}"
    _say(console, f"  1. read {model}.sql: every comment in it is an assumption; and the descriptions in the contract")
    _say(console, "  2. after changing the contract: make render")
    _say(console, "  3. tessera check, and tessera run")


def show_texts(console: Console, draft: Draft) -> None:
    """Show every file that would be written."""
    for path, text in sorted({**draft.files.new, **draft.files.changed}.items()):
        _say(console, f"\n# ---- {path}", style="bold")
        _say(console, text)


def _looked_at(draft: Draft) -> str:
    sample = draft.profile.sample
    bad = f"; {sample.malformed:,} more fit no table" if sample.malformed else ""
    if sample.records is None:
        return f"the first {sample.rows:,} records, for the file is large{bad}"
    if sample.records > sample.rows + sample.malformed:
        return f"the first {sample.rows:,} of {sample.records:,} records{bad}"
    return f"all {sample.rows:,} records{bad}"


def _columns(draft: Draft) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", title=None)
    for heading in ("in the file", "name", "type", "filled", "different", "used as", ""):
        justify: Literal["left", "right"] = "right" if heading in ("filled", "different") else "left"
        table.add_column(
            heading, justify=justify, overflow="fold", no_wrap=heading in ("in the file", "name", "filled")
        )
    roles = {column.name: role.strip("_") for role, column in draft.choice.roles.items()}
    for column in draft.profile.columns:
        share = column.filled / max(draft.profile.rows, 1)
        filled = "100%" if share == 1 else f"{min(share, 0.999):.1%}"
        table.add_row(
            column.source_name, column.name, _type(column), filled, f"{column.distinct:,}", roles.get(column.name, ""),
            ", ".join(_marks(draft, column)),
        )  # fmt: skip
    return table


def _type(column: ColumnProfile) -> str:
    written = column.type.physical + (f" {column.type.time_format}" if column.type.time_format else "")
    return f"{written} (reads as {column.type.reads_as})" if column.type.reads_as else written


def _marks(draft: Draft, column: ColumnProfile) -> Iterable[str]:
    if column.name in {item.name for item in draft.key.columns}:
        yield "key"
    if column.personal is not None:
        yield f"personal: {column.personal.replace('_', ' ')}"
    if column.is_identifier:
        yield "identifier" + (" with leading zeros" if column.has_leading_zeros else "")
    if column.type.unit is not None:
        yield "Unix time"


def _doubts(draft: Draft) -> list[str]:
    doubts = [
        f"{column.name}: {text}"
        for column in draft.profile.columns
        for text in column.type.told
        if column.filled and column.type.unit is None
    ]
    doubts += [f"{name}: left out, {why}" for name, why in draft.profile.sample.left_out]
    amounts = draft.entity.amounts
    expressions = [*draft.entity.columns, *(amounts.inputs if amounts else ()), *(amounts.outputs if amounts else ())]
    doubts += [f"{item.name}: {text}" for item in expressions for text in item.comments]
    if draft.entity.missing:
        doubts.append(f"not in the file: {', '.join(draft.entity.missing)}; see what stands there in the staging model")
    if draft.entity.not_mapped:
        doubts.append(f"in the lake, but in no canonical column: {', '.join(draft.entity.not_mapped)}")
    return list(dict.fromkeys(doubts))


def _trial(console: Console, draft: Draft) -> None:
    trial = draft.trial
    part = "" if draft.profile.sample.is_whole else " of its beginning"
    _say(console, "\nTried", style="bold")
    _say(
        console,
        f"  loaded with this contract: {trial.good:,} of {trial.records:,} records{part}, "
        f"{trial.rejected:,} to quarantine",
    )
    if trial.refusal is not None:
        _say(console, f"  as it is, the night would turn it away: {trial.refusal}", style="red")
    for sentence in trial.advice():
        _say(console, f"    {sentence}", style="yellow")
    _say(console, f"  the staging model makes of them: {'; '.join(draft.outcome)}")


def _list(console: Console, title: str, sentences: list[str], *, style: str) -> None:
    if not sentences:
        return
    _say(console, f"\n{title}", style=style)
    for sentence in sentences:
        _say(console, f"  - {sentence}")


def _say(console: Console, text: str, *, style: str | None = None) -> None:
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
