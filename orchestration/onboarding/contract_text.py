"""The text of a drafted contract.

Belongs here: the ODCS document and the comments in it. Does not belong here: what is known of the columns (profile.py).

Values of the file are written only where they are of a short list or a limit, and name nobody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from orchestration.onboarding.entity_guess import HELPER, EntityChoice
from orchestration.onboarding.keys import KeyChoice
from orchestration.onboarding.profile import ColumnProfile, FileProfile
from orchestration.onboarding.staging_text import grain_of
from orchestration.onboarding.yaml_text import comment, scalar

# Generous, since other deliveries hold longer texts: a limit is there to find lines that ran together.
_LENGTHS = (100, 200, 500, 1000, 2000, 5000, 20000)
_PERSONAL_WORDS = {
    "email": "e-mail addresses",
    "phone": "telephone numbers",
    "first_name": "given names",
    "last_name": "family names",
    "full_name": "names of persons",
    "address": "addresses",
    "birth_date": "dates of birth",
    "handle": "names that persons have online",
    "ip": "internet addresses",
    "bank": "bank details",
    "other": "something about persons",
}
_ROLE_WORDS = {
    "customer_ref": "Customer in the source's own numbering.",
    "email": "E-mail address.",
    "phone": "Telephone number in any notation.",
    "first_name": "Given name.",
    "last_name": "Family name.",
    "_full_name": "Name of the person.",
    "birth_date": "Date of birth.",
    "order_id": "Order.",
    "line_number": "Line within the order.",
    "sku": "Article.",
    "quantity": "Units.",
    "_unit_price": "Price of one unit.",
    "_amount": "Amount of the line.",
    "_amount_with_tax": "Amount of the line with tax.",
    "net_amount": "Amount of the line after discounts, without tax.",
    "gross_amount": "Amount of the line before discounts.",
    "discount_amount": "Discount on the line.",
    "tax_amount": "Tax on the line.",
    "_tax_rate": "Rate of the tax in the amount.",
    "shipping_amount": "Shipping charged.",
    "currency_code": "Currency of the amounts.",
    "ordered_at": "When it was ordered.",
    "occurred_at": "When it happened.",
    "answered_at": "When it was answered.",
    "assigned_at": "When the contact was made.",
    "created_at": "When the record was made.",
    "updated_at": "When the record was last changed.",
    "postal_code": "Postal code.",
    "city": "City.",
    "region": "Region.",
    "country": "Country.",
}


def contract_text(name: str, profile: FileProfile, choice: EntityChoice, key: KeyChoice, *, today: dt.date) -> str:
    """The YAML of a contract.

    Args:
        name: ``<source>__<table>``.
        profile: The file's columns.
        choice: What the records are.
        key: What identifies them.
        today: For the comment that says when it was drafted.
    """
    source, _, table = name.partition("__")
    sample, form = profile.sample, profile.sample.form
    seen = f"{profile.rows:,} records"
    is_all = sample.is_whole and sample.records == profile.rows + sample.malformed
    looked = f"all {seen}" if is_all else f"the first {seen}"
    feeds = f"Feeds {choice.entity.replace('_', ' ')}." if choice.entity != HELPER else "Read by its own staging model."
    title = f"{source.capitalize()}: {table.replace('_', ' ')}"
    lines = [
        f"# Drafted on {today} from {looked} of {comment(sample.file.name)}. Read it once: descriptions,",
        "# what is required and what is personal are guesses from names and values. Only the key and the event time",
        "# are required; add required: true to columns without which a record is worth nothing.",
        "apiVersion: v3.1.0",
        "kind: DataContract",
        f"id: {name}",
        f"name: {scalar(title)}",
        "version: 0.1.0",
        "status: draft",
        "description:",
        f"  purpose: {scalar(f'What {source} delivers as {table.replace(chr(95), chr(32))}.')}",
        f"  usage: {scalar(feeds)}",
        f"  limitations: {scalar('Drafted from one file; other deliveries may hold more.')}",
        "schema:",
        f"  - name: {table}",
        "    physicalType: table",
        f"    description: {scalar(f'Delivered by {source}. One row per {grain_of(choice.entity, key)}.')}",
        "    quality:",
        "      - metric: rowCount",
        "        description: An empty delivery is a failed export.",
        "        mustBeGreaterThan: 0",
        "    properties:",
    ]
    roles = {column.name: role for role, column in choice.roles.items()}
    for column in profile.columns:
        lines += _property(column, profile, key, roles)
    lines += [f"      # Left out: {comment(left)}: {why}" for left, why in sample.left_out]
    lines += _sla(key)
    lines += ["customProperties:"]
    properties: Mapping[str, object] = {
        "canonicalEntity": choice.entity if choice.entity != HELPER else None,
        "fileFormat": form.format if form.format != "csv" else None,
        "headerRows": form.header_rows if form.header_rows > 1 else None,
        "recordsPath": form.records_path or None,
        "maxRejectedShare": 0.05,
        "newColumns": "report",
        "versionColumn": key.version.name if key.version is not None else None,
        "eventTime": key.event_time.name if key.event_time is not None else None,
    }
    for item, value in properties.items():
        if value is not None:
            lines += [f"  - property: {item}", f"    value: {scalar(value)}"]
    return "\n".join(lines) + "\n"


def is_required(column: ColumnProfile, profile: FileProfile, key: KeyChoice) -> bool:
    """Whether a record without the column is worth nothing: it is of the key, or the time by which it is judged."""
    names = {item.name for item in key.columns}
    is_time = key.event_time is not None and column.name == key.event_time.name
    return column.name in names or (is_time and profile.is_always_filled(column))


def _property(column: ColumnProfile, profile: FileProfile, key: KeyChoice, roles: Mapping[str, str]) -> list[str]:
    keyed = [item.name for item in key.columns]
    lines = [f"      - name: {column.name}"]
    if column.source_name != column.name:
        lines.append(f"        physicalName: {scalar(column.source_name)}")
    lines.append(f"        description: {scalar(_description(column, roles))}")
    lines += [f"        # {text}" for text in _seen(column, profile)]
    lines += [f"        logicalType: {column.type.logical}", f"        physicalType: {column.type.physical}"]
    if column.name in keyed:
        lines += ["        primaryKey: true", f"        primaryKeyPosition: {keyed.index(column.name) + 1}"]
    if is_required(column, profile, key):
        lines.append("        required: true")
    if column.personal is not None:
        lines.append("        classification: pii")
    options = _options(column)
    if options:
        lines += [
            "        logicalTypeOptions:",
            *(f"          {item}: {scalar(value)}" for item, value in options.items()),
        ]
    if column.is_identifier:
        lines += ["        customProperties:", "          - property: identifier", "            value: true"]
    if len(column.common_values) > 1 and column.type.physical == "varchar":
        lines += _suggested_values(column)
    return lines


def _description(column: ColumnProfile, roles: Mapping[str, str]) -> str:
    role = roles.get(column.name)
    if role in _ROLE_WORDS:
        return _ROLE_WORDS[role]
    # dbt reads descriptions as Jinja.
    return f"What the source calls {column.source_name.replace('{', '(').replace('}', ')')}."


def _seen(column: ColumnProfile, profile: FileProfile) -> list[str]:
    """Comments: what was seen of a column, without any value that may name a person."""
    empty = profile.rows - column.filled
    share = "never empty" if not empty else f"{empty / profile.rows:.1%} empty" if column.filled else "always empty"
    told = [f"Seen: {share}, {column.distinct:,} different"]
    if column.smallest is not None:
        told[0] += f", from {comment(column.smallest)} to {comment(str(column.largest))}"
    told[0] += "."
    if column.personal is not None:
        told.append(f"Taken for {_PERSONAL_WORDS[column.personal]}, by its name or its values.")
    told += [text[0].upper() + text[1:] + "." for text in column.type.told if column.filled]
    if column.type.bad:
        told.append(f"{column.type.bad:,} values do not fit this type; their records go to quarantine.")
    return [comment(text) for text in told]


def _options(column: ColumnProfile) -> dict[str, object]:
    options: dict[str, object] = {}
    if column.type.time_format:
        options["format"] = column.type.time_format
    if column.type.logical in ("date", "timestamp"):
        options["minimum"] = "1900-01-01" if column.personal == "birth_date" else "1970-01-01"
    if column.type.physical == "varchar" and column.filled:
        length = next((length for length in _LENGTHS if length >= 4 * column.longest), None)
        if length is not None:
            options["maxLength"] = 320 if column.personal == "email" else length
    return options


def _suggested_values(column: ColumnProfile) -> list[str]:
    lines = [
        "        # Only these were seen. To refuse all others, take the signs away:",
        "        # quality:",
        "        #   - metric: invalidValues",
        "        #     description: Only the listed values.",
        "        #     mustBe: 0",
        "        #     arguments:",
        "        #       validValues:",
    ]
    lines += [f"        #         - {comment(scalar(value))}" for value in column.common_values]
    rare = len(column.listed) - len(column.common_values)
    return [*lines, f"        #         # and {rare} more, which may be about somebody"] if rare else lines


def _sla(key: KeyChoice) -> list[str]:
    lines = ["# Assumed: a delivery every night. Late ones are reported, not refused.", "slaProperties:"]
    if key.event_time is not None:
        lines += [
            "  - property: latency",
            "    value: 1",
            "    unit: d",
            "    description: Yesterday is delivered before the night begins.",
        ]
    return [
        *lines,
        "  - property: frequency",
        "    value: 1",
        "    unit: d",
        "    description: Delivered every night.",
    ]
