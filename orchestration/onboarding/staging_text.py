"""The text of a drafted staging model.

Belongs here: the CTEs and how they are laid out. Does not belong here: what the columns are (entity_draft.py).
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from orchestration.onboarding.column_names import RESERVED
from orchestration.onboarding.conversions import Expression
from orchestration.onboarding.entity_draft import EntityDraft
from orchestration.onboarding.entity_guess import HELPER, EntityChoice
from orchestration.onboarding.keys import KeyChoice
from orchestration.onboarding.order_line_draft import SIGNED, LineAmounts
from orchestration.onboarding.profile import ColumnProfile

WIDTH = 118
_SQL_WORDS = frozenset({"domain"})
GRAINS = {
    "order_lines": "order line",
    "customers": "customer record",
    "companies": "company record",
    "products": "product",
    "interactions": "interaction",
    "campaign_exposures": "campaign exposure",
    "survey_answers": "response and question",
    "survey_questions": "survey question",
    "social_interactions": "social interaction",
    "social_handles": "platform and handle",
    "exchange_rates": "currency and day",
}


def grain_of(entity: str, key: KeyChoice) -> str:
    """What a row of the model is."""
    if entity != HELPER:
        return f"version of a {GRAINS[entity]}" if _keeps_versions(entity, key) else GRAINS[entity]
    return " and ".join(column.name for column in key.columns) or "record of the file"


def staging_text(draft: EntityDraft, choice: EntityChoice, key: KeyChoice, *, contract: str, file: str) -> str:
    """The SQL of a staging model in the style of the project.

    Args:
        draft: What it gives.
        choice: The entity and the columns' roles.
        key: What identifies a record.
        contract: The contract's name.
        file: Base name of the file it was drafted from.
    """
    source, _, table = contract.partition("__")
    rows = "source_rows" if table in RESERVED or table in ("renamed", "answers") else table
    head = _comment(
        f"One row per {grain_of(choice.entity, key)}, drafted from {file}: every comment below is an assumption "
        "to be looked at.",
        indent=0,
    )
    ctes = [(rows, _reading(source, table, choice, key, draft))]
    if draft.amounts is not None:
        ctes += _with_amounts(draft, draft.amounts, rows)
    elif draft.questions:
        ctes += _with_answers(draft, rows)
    else:
        # Where versions are kept, reading them has left out the deleted records with all of theirs.
        deleted = None if _keeps_versions(choice.entity, key) else draft.deleted
        ctes.append(("renamed", _select(draft.columns, rows, draft=draft, deleted=deleted)))
    body = ",\n\n".join(f"{name} as (\n\n{text}\n\n)" for name, text in ctes)
    config = f"{{{{ config(enabled=source_is_on('{source}', '{table}')) }}}}"
    return f"{head}\n{config}\n\nwith {body}\n\nselect * from {ctes[-1][0]}\n"


def _keeps_versions(entity: str, key: KeyChoice) -> bool:
    """Whether older versions of a record stay: what a person was known by before still tells who it is."""
    return entity == "customers" and key.version is not None


def _reading(source: str, table: str, choice: EntityChoice, key: KeyChoice, draft: EntityDraft) -> str:
    relation = f"source('{source}', '{table}')"
    if key.columns:
        names = ", ".join(f"'{column.name}'" for column in key.columns)
        if key.version is not None and _keeps_versions(choice.entity, key):
            deleted = f", deleted='{_is_deleted(draft.deleted)}'" if draft.deleted is not None else ""
            return f"    {{{{ record_versions({relation}, [{names}], '{key.version.name}'{deleted}) }}}}"
        version = f", version='{key.version.name}'" if key.version is not None else ""
        return f"    {{{{ latest_rows({relation}, [{names}]{version}) }}}}"
    order = choice.roles.get("order_id") if choice.entity == "order_lines" else None
    if order is not None:
        told = _comment("Lines have no key of their own: an order that is sent again replaces all its lines.", indent=4)
        return f"{told}\n    {{{{ latest_groups({relation}, ['{order.name}']) }}}}"
    told = _comment("Records have no key: one that is sent again counts again.", indent=4)
    return f"{told}\n    select * from {{{{ {relation} }}}}"


def _with_amounts(draft: EntityDraft, amounts: LineAmounts, rows: str) -> list[tuple[str, str]]:
    names = [Expression(item.name, item.name) for item in draft.columns]
    ctes = [
        ("renamed", _select((*draft.columns, *amounts.inputs), rows, draft=draft)),
        ("with_amounts", _select((*names, *amounts.outputs), "renamed")),
    ]
    if amounts.can_be_refund:
        told: tuple[str, ...] = ("A refund takes money back, whatever sign the source gives its numbers.",)
        signed = []
        for item in amounts.outputs:
            if item.name in SIGNED:
                text = f"case when line_kind = 'refund' then -abs({item.name}) else {item.name} end"
                signed.append(Expression(item.name, text, told))
                told = ()
            else:
                signed.append(Expression(item.name, item.name))
        ctes.append(("with_signs", _select((*names, *signed), "with_amounts")))
    return ctes


def _with_answers(draft: EntityDraft, rows: str) -> list[tuple[str, str]]:
    texts = [
        Expression(c.name, c.name if c.type.physical == "varchar" else f"cast({c.name} as varchar)")
        for c in draft.questions
    ]
    names = [Expression(item.name, item.name) for item in draft.columns]
    listed = ", ".join(column.name for column in draft.questions)
    told = _comment("Every question is a column of the file; here it becomes a row. Empty answers are none.", indent=4)
    unpivot = (
        f"{told}\n    select *\n    from (\n        unpivot renamed on {listed}\n"
        "        into name question_id value answer_text\n    )"
    )
    answers = (
        Expression("question_id", "question_id"),
        Expression("answer_text", "answer_text"),
        Expression("answer_number", "try_cast(answer_text as double)"),
    )
    return [
        ("renamed", _select((*draft.columns, *texts), rows, draft=draft)),
        ("answers", unpivot),
        ("numbered", _select((*names, *answers), "answers")),
    ]


def _is_deleted(column: ColumnProfile) -> str:
    return column.name if column.type.physical == "boolean" else f"{column.name} = 1"


def _select(
    columns: Sequence[Expression],
    rows: str,
    *,
    draft: EntityDraft | None = None,
    deleted: ColumnProfile | None = None,
) -> str:
    lines = ["    select"]
    for place, column in enumerate(columns):
        lines += [_comment(text, indent=8) for text in column.comments]
        written = column.sql if column.sql == column.name else f"{_laid_out(column)} as {column.name}"
        # A canonical name that is also a word of SQL; linters do not like it as a new name.
        noqa = " -- noqa: RF04" if column.name in _SQL_WORDS and written != column.name else ""
        lines.append(f"        {written}{',' if place + 1 < len(columns) else ''}{noqa}")
    if draft is not None and draft.not_mapped:
        lines.append(_comment(f"not mapped: {', '.join(draft.not_mapped)}", indent=8))
    lines.append(f"    from {rows}")
    if deleted is not None:
        lines.append(f"    where not coalesce({_is_deleted(deleted)}, false)")
    return "\n".join(lines)


def _laid_out(column: Expression) -> str:
    """An expression that is too long for one line, a branch a line where it is a case."""
    if len(column.sql) + len(column.name) + len("         as ,") <= WIDTH or not column.sql.startswith("case"):
        return column.sql
    head, *branches = re.split(r" (?=when |else )", column.sql.removesuffix(" end"))
    return "\n".join([head, *(f"            {branch}" for branch in branches), "        end"])


def _comment(text: str, *, indent: int) -> str:
    before = " " * indent + "-- "
    # Jinja reads comments too.
    plain = text.replace("{{", "{ {").replace("{%", "{ %").replace("{#", "{ #")
    return "\n".join(
        textwrap.wrap(plain, WIDTH, initial_indent=before, subsequent_indent=before, break_on_hyphens=False)
    )
