"""What the console shows of one customer's matching.

Belongs here: tables for a person. Does not belong here: gathering what is in them (``identity.explain``), the commands.

Names and addresses are shown because somebody asked for this customer, and never so that they could steer a terminal.
"""

from __future__ import annotations

import shlex
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.console.quarantine import safe
from orchestration.identity.explain import Explanation, Row


def show_explanation(console: Console, told: Explanation) -> None:
    """Print why a customer's records are one customer, and others are not."""
    customer = told.customer
    if customer.asked_id is not None:
        _line(console, f"{customer.asked_id} was merged on {customer.merged_on}; its records now belong to:")
    _line(console, f"{customer.customer_id}, since {told.created_on}, named after {told.founder}", style="bold")
    if not told.is_customer:
        _line(console, "An account that nobody has told to be a customer's: an audience, in no mart.")
    numbers = {row["profile_id"]: str(number) for number, row in enumerate(told.profiles, 1)}
    _show_golden(console, told.golden, numbers)
    _show_profiles(console, told.profiles)
    _show_links(console, told.links, numbers)
    _show_refused(console, told.refused, numbers)
    _show_shared(console, told.shared)
    _show_decisions(console, told.decisions)
    _show_events(console, told.events)
    _show_ids(console, told.ids)
    _show_doubtful(console, told.doubtful, numbers)


def decide_commands(left: str, right: str) -> tuple[str, str]:
    """The commands that decide about a pair: it is one person, it is not."""
    command = f"tessera identity decide {shlex.quote(left)} {shlex.quote(right)}"
    return f"{command} --same --reason WHY", f"{command} --different --reason WHY"


def table_of(*columns: str, title: str, numbers: Sequence[str] = ()) -> Table:
    """An empty table; columns of ``numbers`` are set to the right."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        if column in numbers:
            table.add_column(column, justify="right", no_wrap=True)
        else:
            table.add_column(column, overflow="fold")
    return table


def cells(*values: object) -> Iterable[Text]:
    """Values as cells; None is empty."""
    return (Text("" if value is None else safe(str(value))) for value in values)


def _show_golden(console: Console, golden: Sequence[Row], numbers: Mapping[str, str]) -> None:
    if not golden:
        return
    table = table_of("attribute", "value", "from", "said on", title="Golden record")
    for row in golden:
        record = row["record_id"]
        # What an order or another event says is the word of one of the profiles below.
        source = f"profile {numbers[record]}" if record in numbers else f"{row['source_name']} {record}"
        table.add_row(*cells(row["attribute"].replace("_", " "), row["attribute_value"], source, row["said_date"]))
    console.print(table)


def _show_profiles(console: Console, profiles: Sequence[Row]) -> None:
    table = table_of(
        "no", "record", "who", "address", "records", "seen", title="Profiles, as records write them",
        numbers=("no", "records", "seen"),
    )  # fmt: skip
    for number, row in enumerate(profiles, 1):
        record = [row["customer_ref"], row["profile_id"]]
        who = [
            " ".join(filter(None, (row["first_name"], row["last_name"]))),
            f"born {row['birth_date']}" if row["birth_date"] else None,
            *(row[name] for name in ("email", "phone", "loyalty_number", "handle")),
        ]
        address = [row["street"], " ".join(filter(None, (row["postal_code"], row["city"]))), row["country"]]
        seen = [row["first_seen"], row["last_seen"] if row["last_seen"] != row["first_seen"] else None]
        table.add_row(
            str(number), _lines(record), _lines(who), _lines(address), f"{row['records_count']:,}", _lines(seen)
        )
    console.print(table)


def _lines(values: Iterable[str | None]) -> Text:
    return Text("\n".join(safe(value) for value in values if value))


def _show_links(console: Console, links: Sequence[Row], numbers: Mapping[str, str]) -> None:
    if not links:
        return
    table = table_of("profiles", "kind", "value or weight", title="What holds them together, the strongest first")
    for row in links:
        value = f"weight {row['strength']:+.2f}" if row["kind"] == "match" else row["value"]
        table.add_row(*cells(_pair(numbers, row["left_id"], row["right_id"]), row["kind"].replace("_", " "), value))
    console.print(table)
    # Several profiles that say the same have the same sum.
    alike: dict[str, list[Row]] = defaultdict(list)
    for row in links:
        if "weighing" in row:
            alike[repr(row["weighing"])].append(row)
    for same in alike.values():
        pairs = ", ".join(_pair(numbers, row["left_id"], row["right_id"]) for row in same)
        _show_weighing(console, f"Match {pairs}", same[0]["weighing"])


def _show_weighing(console: Console, title: str, weighing: Mapping[str, Any]) -> None:
    """Print what adds up to a weight; comparisons with nothing to compare add nothing and are left out."""
    table = Table(title=f"{title}: the sum of", title_justify="left", box=None, show_header=False, padding=(0, 2, 0, 2))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(f"{weighing['prior']:+.2f}", "odds that any two records are one person")
    often = "less" if weighing["expectation"] < 0 else "more"
    table.add_row(f"{weighing['expectation']:+.2f}", f"pairs that no identifier links are it {often} often")
    for part in weighing["parts"]:
        if part["step"] == "unknown":
            continue
        told = f"{part['comparison']}: {part['step']}"
        if round(part["rarity"], 2):
            told += f" ({part['weight']:+.2f}, and {part['rarity']:+.2f} as the value is {_rare(part['rarity'])})"
        table.add_row(f"{part['weight'] + part['rarity']:+.2f}", Text(told))
    table.add_row(f"{weighing['total']:+.2f}", "weight; each whole number doubles the odds", style="bold")
    console.print(table)


def _rare(rarity: float) -> str:
    return "rarer than others" if rarity > 0 else "more common than others"


def _show_refused(console: Console, refused: Sequence[Row], numbers: Mapping[str, str]) -> None:
    if not refused:
        return
    table = table_of("no", "to", "of customer", "kind", "why not", title="Links that were refused", numbers=("no",))
    for row in refused:
        told = (row["other_id"], row["other_customer_id"], row["kind"].replace("_", " "), row["reason"])
        table.add_row(*cells(numbers[row["profile_id"]], *told))
    console.print(table)
    for row in refused:
        if "weighing" in row:
            title = f"Refused match {numbers[row['profile_id']]} - {row['other_id']}"
            _show_weighing(console, title, row["weighing"])


def _show_shared(console: Console, shared: Sequence[Row]) -> None:
    # A free value is one person's; it is among the links.
    if not shared:
        return
    table = table_of("kind", "value", "profiles", "status", "why", title="Identifiers of several people",
                     numbers=("profiles",))  # fmt: skip
    for row in shared:
        table.add_row(*cells(row["kind"].replace("_", " "), row["value"], f"{row['profiles']:,}"),
                      *cells(row["status"], row["reason"]))  # fmt: skip
    console.print(table)


def _show_decisions(console: Console, decisions: Sequence[Row]) -> None:
    if not decisions:
        return
    table = table_of("decision", "record", "record", "why", "by", "on", title="What people have decided")
    for row in decisions:
        table.add_row(*cells(row["decision"], row["left_record"], row["right_record"], row["reason"]),
                      *cells(row["decided_by"], row["decided_on"]))  # fmt: skip
    console.print(table)


def _show_events(console: Console, events: Sequence[Row]) -> None:
    if not events:
        return
    table = table_of("night", "what", "customer", "other", "records", "why", "evidence", title="What happened to it",
                     numbers=("records",))  # fmt: skip
    for row in events:
        table.add_row(*cells(row["night"], row["event"], row["customer_id"], row["other_id"], f"{row['records']:,}"),
                      *cells(row["reason"], row["evidence"]))  # fmt: skip
    console.print(table)


def _show_ids(console: Console, ids: Sequence[Row]) -> None:
    """Print how many profiles had which id when."""
    stretches = Counter((row["valid_from"], row["valid_to"], row["customer_id"]) for row in ids)
    table = table_of("customer", "from", "until", "profiles", title="Ids of its profiles", numbers=("profiles",))
    for (since, until, customer_id), count in sorted(stretches.items(), key=lambda item: (item[0][0], item[0][2])):
        table.add_row(*cells(customer_id, since, until or "now", f"{count:,}"))
    console.print(table)


def _show_doubtful(console: Console, doubtful: Sequence[Row], numbers: Mapping[str, str]) -> None:
    if not doubtful:
        return
    _line(console, "Doubtful pairs, for you to decide:", style="italic")
    for row in doubtful:
        probability = "" if row["probability"] is None else f", probability {row['probability']:.3f}"
        own, other = ("left", "right") if row["left_id"] in numbers else ("right", "left")
        _line(
            console,
            f"  profile {numbers[row[f'{own}_id']]} and {row[f'{other}_record']} of {row['other_customer_id']}"
            f"{probability}: {row['reason']}",
        )
        for command in decide_commands(row["left_record"], row["right_record"]):
            _line(console, f"    {command}")
        if "weighing" in row:
            _show_weighing(console, "  Its weight", row["weighing"])


def _pair(numbers: Mapping[str, str], left: str, right: str) -> str:
    return " - ".join(sorted((numbers[left], numbers[right]), key=int))


def _line(console: Console, text: str, *, style: str | None = None) -> None:
    console.print(Text(safe(text)), style=style, highlight=False, soft_wrap=True)
