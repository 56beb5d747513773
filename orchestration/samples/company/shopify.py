"""Orders as the CSV export of Shopify's admin gives them, a file per quarter.

Belongs here: the export's columns and which orders an export holds. Does not belong here: what was ordered.

Each quarter is exported on its last night. An order that was paid, sent, cancelled or refunded after its export comes
again, whole, with the next one.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from orchestration.samples.company.baskets import CODES, Baskets
from orchestration.samples.company.catalogue import Catalogue
from orchestration.samples.company.clock import DAY, offset_text
from orchestration.samples.company.crm_records import CrmRecords
from orchestration.samples.company.files import Fault, Output, faulty_rows
from orchestration.samples.company.kinds import DELIVERIES, SOURCES
from orchestration.samples.company.orders import Orders
from orchestration.samples.company.people import People
from orchestration.samples.company.places import CITIES
from orchestration.samples.company.randomness import Flags, Ints, position_in_group, stream
from orchestration.samples.company.sales import DRAFT, PAYMENTS, Sales
from orchestration.samples.company.shop_identities import ShopIdentities
from orchestration.samples.company.text import Text, join, numbers, only, pick, when
from orchestration.samples.company.world import COUNTRIES, day_number

_QUARTERS = tuple((2024 + (2 + q) // 4, (2 + q) % 4 + 1) for q in range(8))
_STORES = ("Berlin Mitte", "Hamburg Ottensen", "München Glockenbach")
_ADDRESS = ("Name", "Street", "Address1", "Address2", "Company", "City", "Zip", "Province", "Country", "Phone")


@dataclass(frozen=True)
class Shop:
    """All that the export draws on."""

    people: People
    orders: Orders
    baskets: Baskets
    sales: Sales
    identities: ShopIdentities
    catalogue: Catalogue
    crm: CrmRecords

    def names(self) -> Text:
        """The orders' names, #1001 and up in the order of their making."""
        return join("#", numbers(np.arange(self.orders.count) + 1001))


def write_shopify(output: Output, shop: Shop, seed: int) -> None:
    """Write the eight exports."""
    draw = stream(seed, "shopify")
    ids = 5_600_000_000_000 + np.cumsum(draw.integers(20_000, 60_000, shop.orders.count))
    begins = [_begin(year, quarter) for year, quarter in _QUARTERS]
    for number, (year, quarter) in enumerate(_QUARTERS):
        end = _begin(year + quarter // 4, quarter % 4 + 1)
        since = begins[number - 1] if number else 0
        exported = _exported(shop, since=since, begin=begins[number], end=end)
        if not len(exported):
            continue
        lines, first = _line_rows(shop, exported)
        rows = _rows(shop, exported, lines, first, ids, end)
        output.write_csv(
            f"shopify_orders_{year}_q{quarter}.csv", rows, _COLUMNS, _faults(draw, rows, position_in_group(lines[1]))
        )


def _begin(year: int, quarter: int) -> int:
    return day_number(dt.date(year, 3 * quarter - 2, 1)) * DAY


def _exported(shop: Shop, *, since: int, begin: int, end: int) -> Ints:
    """Orders of the quarter, and those of the one before to which something happened since its export."""
    second, sales = shop.orders.second, shop.sales
    own = (second >= begin) & (second < end)
    changed = np.zeros(len(second), bool)
    for happened in (sales.paid, sales.sent, sales.cancelled, sales.refunded):
        changed |= (happened >= begin) & (happened < end)
    return np.flatnonzero(own | (changed & (second >= since) & (second < begin)))


def _line_rows(shop: Shop, exported: Ints) -> tuple[tuple[Ints, Ints], Flags]:
    """Positions of the lines and of their orders among the exported ones, and which line is an order's first."""
    place = np.full(shop.orders.count, -1, np.int64)
    place[exported] = np.arange(len(exported))
    lines = np.flatnonzero(place[shop.baskets.order] >= 0)
    of = place[shop.baskets.order[lines]]
    return (lines, of), np.r_[True, of[1:] != of[:-1]]


def _rows(shop: Shop, exported: Ints, lines: tuple[Ints, Ints], first: Flags, ids: Ints, now: int) -> pa.Table:
    """One row per line with everything that the columns of the export are made from."""
    line, of = lines
    order_level = _order_columns(shop, exported, ids, now)
    # Positions that keep the order's own fields off all rows but its first.
    on_first = pa.array(of, mask=~first)
    columns = {name: column.take(on_first) for name, column in order_level.items()}
    baskets, catalogue = shop.baskets, shop.catalogue
    product = baskets.product[line]
    for name in ("name", "email", "created"):
        columns[name] = order_level[name].take(pa.array(of))
    columns["units"] = pa.array(baskets.units[line])
    columns["price"] = pa.array(baskets.price[line])
    marked = baskets.crossed_out[line] > baskets.price[line]
    columns["crossed_out"] = pa.array(baskets.crossed_out[line], mask=~marked)
    columns["line_discount"] = pa.array(baskets.line_discount[line])
    columns["sku"], columns["product"] = catalogue.sku.take(product), catalogue.name.take(product)
    columns["vendor"] = catalogue.brand.take(product)
    columns["ships"] = pa.array((shop.sales.delivery >= 0)[exported][of])
    columns["line_sent"] = pa.array((shop.sales.sent < now)[exported][of])
    return pa.table(columns)


def _order_columns(shop: Shop, exported: Ints, ids: Ints, now: int) -> dict[str, Text]:
    """The orders' own fields, as they stand at the time of the export."""
    sales, person = shop.sales, shop.orders.person[exported]
    country = shop.people.country[person]
    paid, sent, cancelled = (times[exported] for times in (sales.paid, sales.sent, sales.cancelled))
    is_paid, is_sent, is_cancelled = paid < now, sent < now, cancelled < now
    refund = np.where(sales.refunded[exported] < now, sales.refund[exported], 0.0)
    total = sales.total[exported]
    status = when(is_paid, "paid", "pending")
    status = when(refund > 0, "partially_refunded", status)
    status = when((refund > 0) & (refund >= total), "refunded", status)
    status = when(is_cancelled & (refund == 0), "voided", status)
    code = shop.baskets.code[exported]
    in_store = sales.in_store[exported]
    identities = shop.identities
    consents = shop.crm.consent[person] & (shop.crm.first_contact[person] >= 0)
    land = [land.vat_name for land in COUNTRIES]
    columns = {
        "name": shop.names().take(exported),
        "id": numbers(ids[exported]),
        "email": identities.email.take(exported),
        "phone": identities.phone.take(exported),
        "created": offset_text(shop.orders.second[exported], np.zeros(len(exported), bool)),
        "status": status,
        "paid_at": offset_text(paid, ~is_paid),
        "sending": when(is_sent, "fulfilled", "unfulfilled"),
        "sent_at": offset_text(sent, ~is_sent),
        "cancelled_at": offset_text(cancelled, ~is_cancelled),
        "consents": when(consents, "yes", "no"),
        "currency": pick([land.currency for land in COUNTRIES], country),
        "subtotal": pa.array(shop.baskets.subtotal[exported]),
        "shipping": pa.array(sales.shipping[exported]),
        "taxes": pa.array(sales.tax[exported]),
        "total": pa.array(total),
        "code": pick(CODES, np.where(code > 0, code, -1)),
        "code_discount": pa.array(shop.baskets.code_discount[exported]),
        "delivery": pick(DELIVERIES, sales.delivery[exported]),
        "payment": pick(PAYMENTS, sales.payment[exported]),
        "reference": only(is_paid, join("r", numbers(ids[exported]), ".1")),
        "refund": pa.array(refund),
        "owed": pa.array(np.where(is_paid | is_cancelled, 0.0, total)),
        "store": pick(_STORES, np.where(in_store, shop.people.household[person] % len(_STORES), -1)),
        "tags": only(sales.source[exported] == DRAFT, "b2b, invoice"),
        "risk": pick(("Low", "Medium"), (ids[exported] % 97 == 0).astype(np.int64)),
        "source": pick(SOURCES, sales.source[exported]),
        "tax_name": pick(land, country),
    }
    return columns | _addresses(shop, exported, country)


def _addresses(shop: Shop, exported: Ints, country: Ints) -> dict[str, Text]:
    identities = shop.identities
    known = ~identities.anonymous[exported]
    ships = shop.sales.delivery[exported] >= 0
    code = pick([land.code for land in COUNTRIES], country)
    is_own = identities.recipient[exported] == shop.orders.person[exported]
    columns: dict[str, Text] = {}
    for side, address, name, there, own in (
        ("billing", identities.billing, identities.name, known, known),
        ("shipping", identities.shipping, identities.recipient_name, ships, is_own),
    ):
        taken = address.take(exported)
        columns |= {
            f"{side}_name": only(there, name.take(exported)),
            f"{side}_street": only(there, taken.street),
            f"{side}_company": only(there & own, identities.company.take(exported)),
            f"{side}_city": only(there, pick([city.name for city in CITIES], taken.city)),
            f"{side}_zip": only(there, taken.postal_code),
            f"{side}_province": only(there, pick([city.province for city in CITIES], taken.city)),
            f"{side}_country": only(there, code),
            f"{side}_phone": only(there & own, identities.phone.take(exported)),
        }
    return columns


def _faults(draw: np.random.Generator, rows: pa.Table, place: Ints) -> list[Fault]:
    """Slips of an export that went through a spreadsheet; the other rows of such an order have to go as well."""
    spoilt = faulty_rows(draw, rows.num_rows, share=0.0012)
    made = (
        ("Lineitem quantity", "two", "not_an_integer"),
        ("Lineitem price", "24,90", "not_a_number"),
        ("Lineitem name", None, "missing_value"),
        ("Lineitem quantity", "-1", "out_of_range"),
    )
    begins = np.r_[np.flatnonzero(place == 0), len(place)]
    order = np.searchsorted(begins, spoilt, side="right") - 1
    _, unique = np.unique(order, return_index=True)
    return [Fault(spoilt[at], *made[number % len(made)]) for number, at in enumerate(unique.tolist())]


def _money(column: str) -> str:
    return f"cast(cast({column} as decimal(18, 2)) as varchar)"


def _address_columns(side: str) -> dict[str, str]:
    title = side.capitalize()
    made = {
        "Name": f"{side}_name", "Street": f"{side}_street", "Address1": f"{side}_street", "Address2": "null",
        "Company": f"{side}_company", "City": f"{side}_city", "Zip": f"'''' || {side}_zip",
        "Province": f"{side}_province",
        "Country": f"{side}_country", "Phone": f"{side}_phone",
    }  # fmt: skip
    return {f"{title} {field}": made[field] for field in _ADDRESS}


_COLUMNS = {
    "Name": "name", "Email": "email", "Financial Status": "status", "Paid at": "paid_at",
    "Fulfillment Status": "sending",
    "Fulfilled at": "sent_at", "Accepts Marketing": "consents", "Currency": "currency", "Subtotal": _money("subtotal"),
    "Shipping": _money("shipping"), "Taxes": _money("taxes"), "Total": _money("total"), "Discount Code": "code",
    "Discount Amount": _money("code_discount"), "Shipping Method": "delivery", "Created at": "created",
    "Lineitem quantity": "units", "Lineitem name": "product", "Lineitem price": _money("price"),
    "Lineitem compare at price": _money("crossed_out"), "Lineitem sku": "sku",
    "Lineitem requires shipping": "ships", "Lineitem taxable": "true",
    "Lineitem fulfillment status": "case when line_sent then 'fulfilled' else 'pending' end",
    **_address_columns("billing"), **_address_columns("shipping"),
    "Notes": "null", "Note Attributes": "null", "Cancelled at": "cancelled_at", "Payment Method": "payment",
    "Payment Reference": "reference", "Refunded Amount": _money("refund"), "Vendor": "vendor",
    "Outstanding Balance": _money("owed"), "Employee": "null", "Location": "store", "Device ID": "null", "Id": "id",
    "Tags": "tags", "Risk Level": "risk", "Source": "source", "Lineitem discount": _money("line_discount"),
    "Tax 1 Name": "tax_name", "Tax 1 Value": _money("taxes"),
    **{f"Tax {number} {part}": "null" for number in range(2, 6) for part in ("Name", "Value")},
    "Phone": "phone", "Receipt Number": "null", "Duties": "null", "Billing Province Name": "null",
    "Shipping Province Name": "null", "Payment ID": "reference", "Payment Terms Name": "null",
    "Next Payment Due At": "null",
    "Payment References": "reference",
}  # fmt: skip
