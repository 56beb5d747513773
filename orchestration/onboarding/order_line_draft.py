"""The amounts and signs of order lines out of whatever amounts a file has.

Belongs here: which columns make quantity, gross, discount and net amount, and what was assumed, checked on the sampled
rows where they can tell. Does not belong here: columns that stand for themselves (entity_draft.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import duckdb

from data_contracts import sql_quoting as sql
from orchestration.onboarding.conversions import DECIMAL, Expression, converted
from orchestration.onboarding.keys import constant_within
from orchestration.onboarding.mapping import in_cents
from orchestration.onboarding.profile import ColumnProfile, FileProfile
from orchestration.onboarding.sample import TABLE
from orchestration.onboarding.synonyms import CANCELLATION_WORDS, REFUND_WORDS

SIGNED = ("quantity", "gross_amount", "discount_amount", "net_amount", "tax_amount", "shipping_amount")
_MAY_BE_NEGATIVE = ("quantity", "net_amount", "_amount", "_amount_with_tax", "gross_amount", "_unit_price")
_AGREEING = 0.9
_CENT = 0.015


@dataclass
class LineAmounts:
    """The parts of an order line's draft.

    Attributes:
        inputs: Columns that the amounts are made of, by the names used in ``outputs``.
        outputs: quantity, line_kind and the amounts, out of the inputs.
        can_be_refund: Whether any line may take money back.
        used: Columns of the file that are in it.
        missing: Essential columns that nothing in the file gives.
    """

    inputs: list[Expression] = field(default_factory=list)
    outputs: list[Expression] = field(default_factory=list)
    can_be_refund: bool = False
    used: set[str] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)


def draft_amounts(
    con: duckdb.DuckDBPyConnection, profile: FileProfile, roles: Mapping[str, ColumnProfile]
) -> LineAmounts:
    """Draft the amounts of order lines.

    Args:
        con: Has the table of sampled rows.
        profile: What they hold.
        roles: The columns' roles for order lines.
    """
    return _Drafter(con, profile, roles).draft()


class _Drafter:
    """One draft; its methods add to the parts in the order in which they are read."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, profile: FileProfile, roles: Mapping[str, ColumnProfile]
    ) -> None:
        self.con = con
        self.profile = profile
        self.roles = roles
        self.parts = LineAmounts()

    def draft(self) -> LineAmounts:
        quantity = self._quantity()
        discount = self._discount()
        net, gross, comments = self._net_and_gross(discount)
        kind = self._kind()
        outputs = [Expression("line_kind", *kind), quantity]
        outputs.append(Expression("gross_amount", gross))
        outputs.append(Expression("discount_amount", discount or f"cast(0 as {DECIMAL})"))
        outputs.append(Expression("net_amount", net, comments))
        outputs += self._beside("tax_amount") + self._beside("shipping_amount")
        self.parts.outputs = outputs
        return self.parts

    def _take(self, role: str) -> str | None:
        """Add a role's column to the inputs, as an amount; its name, or None where there is none."""
        column = self.roles.get(role)
        if column is None:
            return None
        name = role.strip("_")
        if column.name not in self.parts.used:
            self.parts.inputs.append(converted(column, DECIMAL, name=name))
            self.parts.used.add(column.name)
        return name

    def _quantity(self) -> Expression:
        name = self._take("quantity")
        if name is not None:
            return Expression("quantity", name)
        self.parts.missing.append("quantity")
        comments = ("No column tells how many: one a line. Name the column here if there is one.",)
        self.parts.inputs.append(Expression("quantity", f"cast(1 as {DECIMAL})", comments))
        return Expression("quantity", "quantity")

    def _discount(self) -> str | None:
        name = self._take("discount_amount")
        if name is None:
            return None
        column = self.roles["discount_amount"]
        is_written_negative = column.is_negative and column.largest is not None and float(column.largest) <= 0
        return f"coalesce({'-' if is_written_negative else ''}{name}, 0)"

    def _net_and_gross(self, discount: str | None) -> tuple[str, str, tuple[str, ...]]:
        """SQL of the net and of the gross amount, and what was assumed for them."""
        plus = f" + {discount}" if discount else ""
        less = f" - {discount}" if discount else ""
        if (net := self._take("net_amount")) is not None:
            gross = self._take("gross_amount")
            return net, gross or f"{net}{plus}", ()
        by_units = f"cast(quantity * unit_price as {DECIMAL})"
        has_units = "quantity" in self.roles and "_unit_price" in self.roles
        if "_amount_with_tax" in self.roles and (taxed := self._without_tax()) is not None:
            net, comments = taxed
            return net, f"{net}{plus}", comments
        if has_units:
            amount = self.roles.get("_amount")
            agreeing = self._agreement(amount) if amount is not None else None
            is_rarer = amount is not None and amount.filled < self.roles["_unit_price"].filled
            if amount is None or (agreeing or 0) >= _AGREEING or is_rarer or self._is_of_the_order(amount):
                self._take("_unit_price")
                comments = ("Quantity times unit price" + (", less the discount." if discount else "."),)
                if amount is not None and (agreeing or 0) >= _AGREEING:
                    comments += (f"{amount.name} says the same in {agreeing:.0%} of the records looked at.",)
                elif is_rarer and amount is not None:
                    comments += (f"{amount.name} is not on every line: it is the order's, not the line's.",)
                elif amount is not None:
                    comments += (
                        f"{amount.name} is the same on all lines of an order: it is the order's, not the line's.",
                    )
                return f"{by_units}{less}", by_units, comments + self._may_contain_tax("the price")
        if (name := self._take("_amount")) is not None:
            column = self.roles["_amount"]
            comments = (f"Assumed: {column.name} is what was paid for the line, after discounts and without tax.",)
            comments += self._may_contain_tax(column.name)
            return name, f"{name}{plus}", comments + self._may_be_cents(column) + self._of_the_order_told(column)
        if (name := self._take("_amount_with_tax")) is not None:
            comments = (
                f"{self.roles['_amount_with_tax'].name} contains tax, and no column tells how much: taken as it is.",
            )
            return name, f"{name}{plus}", comments
        if (gross := self._take("gross_amount")) is not None:
            return (
                f"{gross}{less}",
                gross,
                ("Gross amount" + (" less the discount." if discount else ": no discount is given."),),
            )
        if self._take("_unit_price") is not None:
            return f"{by_units}{less}", by_units, ("One unit a line at its price.",)
        self.parts.missing.append("an amount")
        nothing = f"cast(0 as {DECIMAL})"
        return nothing, nothing, ("No column is an amount of money: nothing is earned until one is named here.",)

    def _without_tax(self) -> tuple[str, tuple[str, ...]] | None:
        """An amount with tax, less the tax that the file gives as an amount or a rate."""
        column = self.roles["_amount_with_tax"]
        if "tax_amount" in self.roles:
            name, tax = self._take("_amount_with_tax"), self._take("tax_amount")
            return f"{name} - coalesce({tax}, 0)", (f"{column.name} contains the tax.",)
        if "_tax_rate" in self.roles:
            rate = self.roles["_tax_rate"]
            name, share = self._take("_amount_with_tax"), self._take("_tax_rate")
            is_percent = rate.largest is not None and float(rate.largest) > 1
            divisor = f"(1 + coalesce({share}, 0)" + (" / 100.0)" if is_percent else ")")
            return f"cast({name} / {divisor} as {DECIMAL})", (
                f"{column.name} contains tax at the rate in {rate.name}.",
            )
        return None

    def _beside(self, role: str) -> list[Expression]:
        """Tax or shipping, which stand beside the net amount; of an order with several lines only once."""
        name = self._take(role)
        if name is None:
            return []
        if role == "shipping_amount" and self._is_of_the_order(self.roles[role]):
            first = f"case when row_number() over (partition by order_id order by line_number) = 1 then {name} end"
            return [
                Expression(
                    role, first, ("The same on all lines of an order, so it is the order's: with its first line.",)
                )
            ]
        return [Expression(role, name)]

    def _kind(self) -> tuple[str, tuple[str, ...]]:
        column = self.roles.get("_kind")
        words = {value.strip().lower() for value, _ in column.listed} if column is not None else set()
        refunds, cancellations = sorted(words & REFUND_WORDS), sorted(words & CANCELLATION_WORDS)
        if column is not None and (refunds or cancellations):
            self.parts.inputs.append(Expression("source_kind", f"lower(trim({column.name}))"))
            self.parts.used.add(column.name)
            self.parts.can_be_refund = bool(refunds)
            branches = "".join(
                f" when source_kind in ({', '.join(map(sql.text, found))}) then '{kind}'"
                for found, kind in ((refunds, "refund"), (cancellations, "cancellation"))
                if found
            )
            others = sorted({value.lower() for value in column.common_values} - {*refunds, *cancellations})
            told = f"Every other {column.name} ({', '.join(others)}) is a sale." if others else ""
            return f"case{branches} else 'sale' end", (told,) if told else ()
        used = [role for role in _MAY_BE_NEGATIVE if role in self.roles and self.roles[role].name in self.parts.used]
        if not used:
            return "'sale'", ("Nothing tells refunds from sales: every line is a sale.",)
        self.parts.can_be_refund = True
        test = " or ".join(f"{role.strip('_')} < 0" for role in used)
        seen = any(self.roles[role].is_negative for role in used)
        comments = ("What is below zero takes money back." + ("" if seen else " None was seen."),)
        return f"case when {test} then 'refund' else 'sale' end", comments

    def _is_of_the_order(self, column: ColumnProfile) -> bool:
        order = self.roles.get("order_id")
        return order is not None and order.distinct < self.profile.rows and constant_within(self.con, order, column)

    def _of_the_order_told(self, column: ColumnProfile) -> tuple[str, ...]:
        if not self._is_of_the_order(column):
            return ()
        return ("It is the same on all lines of an order: if it is the order's total, it counts once too often here.",)

    def _agreement(self, amount: ColumnProfile) -> float:
        """In which share of the records an amount is quantity times price, with or without the discount."""
        quantity, price, total = (
            self._number(column) for column in (self.roles["quantity"], self.roles["_unit_price"], amount)
        )
        discount = self._number(self.roles["discount_amount"]) if "discount_amount" in self.roles else "0"
        row = self.con.execute(f"""
            select avg(cast(abs({total} - {quantity} * {price}) < {_CENT}
                or abs({total} - {quantity} * {price} + abs(coalesce({discount}, 0))) < {_CENT} as integer))
            from {TABLE}
        """).fetchone()
        return float(row[0]) if row and row[0] is not None else 0.0

    def _number(self, column: ColumnProfile) -> str:
        """A column of the sampled rows as a double, whatever it is written like."""
        family = {item.expression: item.family for item in self.profile.sample.columns}[column.expression]
        value = column.expression
        if column.type.reads_as is not None:
            value = column.type.conversion.format(name=value)
        elif family == "text":
            notation = self.profile.notation
            plain = f"replace({value}, {sql.text(notation.thousands)}, '')" if notation.thousands else value
            value = f"replace({plain}, {sql.text(notation.decimal)}, '.')"
        divided = " / 100.0" if in_cents(column) else ""
        return f"(try_cast({value} as double){divided})"

    def _may_contain_tax(self, what: str) -> tuple[str, ...]:
        rate = self.roles.get("_tax_rate")
        if rate is None:
            return ()
        return (f"Assumed: {what} is without tax. If it contains the tax in {rate.name}, take that off here.",)

    def _may_be_cents(self, column: ColumnProfile) -> tuple[str, ...]:
        if in_cents(column):
            return ()
        number = self._number(column)
        row = self.con.execute(
            f"select bool_and({number} = trunc({number})), max(abs({number})) from {TABLE} where {number} is not null"
        ).fetchone() or (False, 0)
        if not row[0] or (row[1] or 0) < 100:
            return ()
        return ("All its values are whole: if they are in cents, divide by 100.",)
