"""Which columns a drafted staging model gives, and what they are made of.

Belongs here: the expressions of every entity's columns, and sensible ones where the file has no such column. Does not
belong here: the amounts of order lines (order_line_draft.py), the text of the model (staging_text.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from data_contracts import sql_quoting as sql
from orchestration.onboarding.conversions import NOBODY, Expression, converted, without_nobody
from orchestration.onboarding.entity_guess import HELPER, EntityChoice, question_columns
from orchestration.onboarding.keys import KeyChoice
from orchestration.onboarding.mapping import EVENT_TIMES
from orchestration.onboarding.order_line_draft import LineAmounts, draft_amounts
from orchestration.onboarding.profile import ColumnProfile, FileProfile
from orchestration.onboarding.sample import TABLE
from orchestration.onboarding.synonyms import role_names
from orchestration.onboarding.words import words

# The columns that name a record of an entity, the first of which can be made out of others.
_RECORD_IDS = {
    "order_lines": "order_id",
    "customers": "customer_ref",
    "companies": "company_ref",
    "products": "sku",
    "interactions": "interaction_id",
    "campaign_exposures": "exposure_id",
    "survey_answers": "response_id",
    "survey_questions": "question_id",
    "social_interactions": "interaction_id",
}
_OWNERS = ("customer_ref", "email", "phone")
_HOLDOUTS = words("holdout control kontrolle kontrollgruppe controle temoin 0 no false n")
# Of entities whose records are worth nothing unless they belong to somebody.
_OWNED = ("order_lines", "interactions", "campaign_exposures", "survey_answers")


@dataclass(frozen=True)
class EntityDraft:
    """What a staging model gives.

    Attributes:
        columns: Its columns, those of amounts left out.
        amounts: The amounts of order lines, or None.
        questions: Columns that are answers to a question each, to be turned into rows.
        deleted: The column that marks deleted records, or None.
        not_mapped: Columns of the file that no canonical column is made of.
        missing: Essential canonical columns that nothing in the file gives.
    """

    columns: tuple[Expression, ...]
    amounts: LineAmounts | None
    questions: tuple[ColumnProfile, ...]
    deleted: ColumnProfile | None
    not_mapped: tuple[str, ...]
    missing: tuple[str, ...]


def draft_entity(
    con: duckdb.DuckDBPyConnection,
    profile: FileProfile,
    choice: EntityChoice,
    key: KeyChoice,
    *,
    contract: str,
    canonical: Mapping[str, str],
    currency: str | None,
) -> EntityDraft:
    """Draft the columns of a staging model.

    Args:
        con: Has the table of sampled rows.
        profile: What they hold.
        choice: The entity and the columns' roles.
        key: What identifies a record.
        contract: The contract's name.
        canonical: Names and types of the entity's columns.
        currency: ISO code of the amounts, where no column has it.
    """
    if choice.entity == HELPER:
        columns = tuple(Expression(column.name, column.name) for column in profile.columns)
        return EntityDraft(columns, None, (), None, (), ())
    return _Drafter(con, profile, choice, key, contract, currency).draft(canonical)


class _Drafter:
    """One draft; remembers what it used and what is missing."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        profile: FileProfile,
        choice: EntityChoice,
        key: KeyChoice,
        contract: str,
        currency: str | None,
    ) -> None:
        self.con = con
        self.profile = profile
        self.entity = choice.entity
        self.roles = choice.roles
        self.key = key
        self.source, _, self.table = contract.partition("__")
        self.currency = currency
        self.used: set[str] = set()
        self.missing: list[str] = []

    def draft(self, canonical: Mapping[str, str]) -> EntityDraft:
        amounts = draft_amounts(self.con, self.profile, self.roles) if self.entity == "order_lines" else None
        questions = question_columns(self.profile, self.roles) if self.entity == "survey_answers" else []
        self.used |= {column.name for column in questions}
        made_elsewhere = {item.name for item in amounts.outputs} if amounts else set()
        if questions:
            made_elsewhere = {"question_id", "answer_number", "answer_text"}
        columns = []
        for name, target in canonical.items():
            if name in made_elsewhere:
                continue
            expression = self._special(name) or self._plain(name, target)
            if expression is not None:
                columns.append(expression)
        if not columns:
            first, target = next(iter(canonical.items()))
            told = f"No column of the file is one of the entity's columns ({', '.join(canonical)}): name them here."
            columns.append(Expression(first, f"cast(null as {target})", (told,)))
        if amounts is not None:
            self.used |= amounts.used
            self.missing += amounts.missing
        if self.entity in _OWNED and not any(role in self.roles for role in _OWNERS):
            self.missing.append("customer_ref, email or phone")
        deleted = self.roles.get("_is_deleted")
        self.used |= {deleted.name} if deleted is not None else set()
        return EntityDraft(
            columns=tuple(columns),
            amounts=amounts,
            questions=tuple(questions),
            deleted=deleted,
            not_mapped=tuple(column.name for column in self.profile.columns if column.name not in self.used),
            missing=tuple(self.missing),
        )

    def _plain(self, role: str, target: str) -> Expression | None:
        column = self.roles.get(role)
        if column is None:
            return None
        self.used.add(column.name)
        made = converted(column, target, name=role)
        if role == EVENT_TIMES.get(self.entity) and column.name not in role_names(self.entity, role):
            told = f"Assumed: {column.name} is when it happened, since nothing else is a time."
            return Expression(made.name, made.sql, (*made.comments, told))
        return made

    def _special(self, name: str) -> Expression | None:
        """Columns that need more than a cast, or something in their place."""
        makers = {
            "customer_ref": self._customer_ref,
            "line_number": self._line_number,
            "currency_code": self._currency_code,
            "first_name": self._first_name,
            "last_name": self._last_name,
            "has_email_consent": lambda: self._opt_out(name, "_email_opt_out"),
            "has_phone_consent": lambda: self._opt_out(name, "_phone_opt_out"),
            "arm": self._arm,
            "kind": self._kind,
            "question_kind": lambda: self._instead(name, "'text'", "No column tells the kind of question: a text."),
            "campaign_id": lambda: self._constant(name, "No column tells the campaign: one for the whole table."),
            "survey_id": lambda: self._constant(name, "No column tells the survey: one for the whole table."),
            "platform": lambda: self._constant(name, "No column tells the network: one for the whole table."),
            "ordered_at": self._ordered_at,
        }
        made = makers[name]() if name in makers else None
        if made is None and name == _RECORD_IDS.get(self.entity) and name not in self.roles:
            return self._record_id(name)
        if made is None and name == EVENT_TIMES.get(self.entity) and name not in self.roles:
            self.missing.append(name)
            return Expression(
                name, "cast(null as timestamptz)", ("No column tells when: name the one that does here.",)
            )
        return made

    def _customer_ref(self) -> Expression | None:
        column = self.roles.get("customer_ref")
        if column is None:
            email = self.roles.get("email")
            if self.entity != "customers":
                return None
            if email is None or any(item is not email for item in self.key.columns):
                return self._record_id("customer_ref")
            return Expression(
                "customer_ref", f"lower(trim({email.name}))", ("No column numbers customers: their e-mail does.",)
            )
        self.used.add(column.name)
        found = without_nobody(column, "customer_ref", self._nobody(column))
        bare = (
            f"As it is, so that it meets the same number in other sources. If {self.source} numbers customers on its "
            f"own, write '{self.source}:' || {column.name}."
        )
        return Expression(found.name, found.sql, (*found.comments, bare))

    def _nobody(self, column: ColumnProfile) -> str | None:
        """What the source writes for unknown customers: a known word, unlike the references of the others.

        0 may be a customer's number too: not where others are much longer, or it is far more frequent than they are.
        """
        listed = ", ".join(map(sql.text, sorted(NOBODY)))
        row = self.con.execute(f"""
            with counted as (
                select trim(cast({column.expression} as varchar)) as value, count(*) as times from {TABLE}
                where {column.expression} is not null group by value
            ), others as (
                select median(times) as times, median(length(value)) as length from counted
            )
            select counted.value from counted, others
            where lower(counted.value) in ({listed}) and counted.times * 100 >= {self.profile.rows}
                and (counted.times >= 3 * others.times or others.length - length(counted.value) >= 3)
            order by counted.times desc limit 1
        """).fetchone()
        return str(row[0]) if row is not None else None

    def _line_number(self) -> Expression:
        column, order = self.roles.get("line_number"), self.roles.get("order_id")
        names = [item.name for item in self.key.columns]
        beside = [item for item in self.key.columns if item is not order]
        if column is not None and column.name in names:
            self.used.add(column.name)
            return converted(column, "varchar", name="line_number")
        if names and not beside:
            return Expression(
                "line_number", "'1'", (f"{names[0]} comes once: an order is one record, hence one line.",)
            )
        if len(beside) == 1:
            self.used.add(beside[0].name)
            comments = (f"{beside[0].name} tells the lines of an order apart.",)
            return Expression("line_number", converted(beside[0], "varchar", name="line_number").sql, comments)
        group = order.name if order is not None else "_batch_sequence"
        place = f"row_number() over (partition by {group} order by _batch_sequence, _row_number)"
        return Expression(
            "line_number",
            f"cast(\n            {place} as varchar\n        )",
            ("No column numbers the lines: their place in the file does, within the order.",),
        )

    def _currency_code(self) -> Expression | None:
        column = self.roles.get("currency_code")
        if column is not None:
            self.used.add(column.name)
            return Expression("currency_code", f"upper({column.name})")
        if self.entity == "exchange_rates":
            return None
        if self.currency is not None:
            return Expression("currency_code", sql.text(self.currency), ("As told when this was drafted.",))
        self.missing.append("currency_code")
        base = "'{{ var(\"base_currency\") }}'"
        return Expression(
            "currency_code", base, ("No column tells the currency: the company's own. Else write its code.",)
        )

    def _first_name(self) -> Expression | None:
        return self._part_of_name("first_name", "nullif(regexp_extract({name}, '^(\\S+)\\s', 1), '')")

    def _last_name(self) -> Expression | None:
        return self._part_of_name("last_name", "nullif(regexp_extract({name}, '(\\S+)$', 1), '')")

    def _part_of_name(self, name: str, pattern: str) -> Expression | None:
        column = self.roles.get("_full_name")
        if name in self.roles or column is None:
            return None
        self.used.add(column.name)
        return Expression(name, pattern.format(name=f"trim({column.name})"), (f"Part of {column.name}.",))

    def _opt_out(self, name: str, role: str) -> Expression | None:
        column = self.roles.get(role)
        if name in self.roles or column is None:
            return None
        self.used.add(column.name)
        truth = converted(column, "boolean", name=name).sql
        return Expression(
            name, f"not ({truth})" if " " in truth else f"not {truth}", (f"The opposite of {column.name}.",)
        )

    def _arm(self) -> Expression | None:
        column = self.roles.get("arm")
        if column is None:
            return self._instead("arm", "'treatment'", "No column tells who was held out: everybody was contacted.")
        self.used.add(column.name)
        held_out = sorted({value.strip().lower() for value, _ in column.listed} & _HOLDOUTS)
        if not held_out:
            return Expression("arm", f"cast({column.name} as varchar)", ("treatment or holdout is expected here.",))
        listed = ", ".join(map(sql.text, held_out))
        return Expression(
            "arm",
            f"case when lower(trim(cast({column.name} as varchar))) in ({listed}) then 'holdout' else 'treatment' end",
            (f"Assumed: {', '.join(held_out)} is who was left alone.",),
        )

    def _kind(self) -> Expression | None:
        if "kind" in self.roles:
            return None
        if self.entity == "social_interactions":
            return self._instead("kind", "'mention'", "No column tells the kind: a mention.")
        return self._constant("kind", "No column tells what happened: the table's name does.")

    def _ordered_at(self) -> Expression | None:
        column, clock = self.roles.get("ordered_at"), self.roles.get("_time_of_day")
        if column is None or clock is None or (column.type.reads_as or column.type.physical) != "date":
            return None
        self.used |= {column.name, clock.name}
        day = column.type.conversion.format(name=column.name) if column.type.reads_as else column.name
        moment = f"cast({day} + coalesce(cast({clock.name} as time), time '00:00:00') as timestamptz)"
        return Expression("ordered_at", moment, ("The day and its clock, in the company's time zone.",))

    def _constant(self, name: str, comment: str) -> Expression | None:
        return self._instead(name, sql.text(f"{self.source}_{self.table}"), comment)

    def _instead(self, name: str, value: str, comment: str) -> Expression | None:
        return None if name in self.roles else Expression(name, value, (comment,))

    def _record_id(self, name: str) -> Expression:
        """A record's id out of its key, else out of whose it is and when it was, else out of its place in the file."""
        if self.key.columns:
            self.used |= {column.name for column in self.key.columns}
            parts = [converted(column, "varchar", name=name).sql for column in self.key.columns]
            joined = parts[0] if len(parts) == 1 else f"concat_ws(':', {', '.join(parts)})"
            return Expression(
                name, joined, (f"No column is called so; {' with '.join(c.name for c in self.key.columns)} is unique.",)
            )
        self.missing.append(name)
        owner = next((self.roles[role] for role in _OWNERS if role in self.roles), None)
        time = self.roles.get(EVENT_TIMES.get(self.entity, ""))
        if owner is not None and time is not None and time.type.reads_as is None:
            moment = f"epoch_ms({time.name})" if time.type.physical == "timestamptz" else time.name
            made = f"concat_ws(':', {converted(owner, 'varchar', name=name).sql}, cast({moment} as varchar))"
            return Expression(name, made, (f"No column is one: what {owner.name} has at one time is taken as one.",))
        place = "concat_ws('-', cast(_batch_sequence as varchar), cast(_row_number as varchar))"
        return Expression(
            name, place, ("No column is one: the place in the file is. A record that is sent again counts again.",)
        )
