"""Numbers and times in the notation that a source declares: read exactly, or refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.ingestion.file_errors import FileRejectedError
from orchestration.ingestion.file_options import FileOptions

FULL = "order_id;line;amount;sold_on;sold_at;weight\n"


def load(shop: Any, rows: list[str], **options: Any) -> tuple[list[tuple[Any, ...]], dict[int, list[tuple[str, str]]]]:
    text = FULL + "".join(f"O{number};1;{row}\n" for number, row in enumerate(rows))
    shop.load(shop.write("orders.csv", text.encode()), delimiter=";", max_rejected_share=1, **options)
    loaded = shop.rows("cast(amount as varchar), cast(sold_on as varchar), sold_at at time zone 'UTC', weight")
    return loaded, {number: reasons for number, reasons, _ in shop.rejected()}


@pytest.mark.parametrize(
    ("written", "thousands", "read"),
    [
        ("1234,50", "", "1234.50"),
        ("-0,5", "", None),
        ("12", "", "12.00"),
        ("1.234,50", ".", "1234.50"),
        ("1.234.567", ".", "1234567.00"),
        ("1234,5", ".", "1234.50"),
        ("1 234,5", " ", "1234.50"),
        ("1'234,5", "'", "1234.50"),
    ],
)
def test_decimal_commas_are_read_exactly(shop: Any, written: str, thousands: str, read: str | None) -> None:
    loaded, rejected = load(shop, [f"{written};;;"], decimal=",", thousands=thousands)
    assert loaded == ([(read, None, None, None)] if read else [])
    assert rejected == ({} if read else {1: [("amount", "out_of_range")]})


@pytest.mark.parametrize(
    ("written", "thousands", "reason"),
    [
        ("1.50", "", "not_a_number"),
        ("1.234", "", "not_a_number"),
        ("1.5", ".", "not_a_number"),
        ("12.34,5", ".", "not_a_number"),
        ("1,234", "", "too_many_decimals"),
        ("1,2,3", "", "not_a_number"),
        (",", "", "not_a_number"),
        ("1,5e2", "", "scientific_notation"),
        ("nan", "", "not_a_number"),
    ],
)
def test_a_number_in_another_notation_is_refused_and_not_guessed(
    shop: Any, written: str, thousands: str, reason: str
) -> None:
    loaded, rejected = load(shop, [f"{written};;;"], decimal=",", thousands=thousands)
    assert (loaded, rejected) == ([], {1: [("amount", reason)]})


def test_floats_follow_the_declared_notation_too(shop: Any) -> None:
    loaded, rejected = load(shop, ["1;;;2,5", "1;;;2.5"], decimal=",")
    assert [row[3] for row in loaded] == [2.5]
    assert rejected == {2: [("weight", "not_a_number")]}


def test_three_date_styles_are_each_read_as_declared(shop: Any) -> None:
    for number, (pattern, written) in enumerate(
        [
            ("dd.MM.yyyy", "04.03.2024"),
            ("MM/dd/yyyy", "3/4/2024"),
            ("yyyyMMdd", "20240304"),
            ("d MMM yyyy", "4 Mar 2024"),
        ]
    ):
        text = FULL + f"D{number};1;1;{written};;\n"
        shop.load(shop.write(f"{number}.csv", text.encode()), delimiter=";", date_format=pattern)
    assert shop.rows("cast(sold_on as varchar)") == [("2024-03-04",)] * 4
    assert shop.rejected() == []


@pytest.mark.parametrize("written", ["2024-03-04", "31.02.2024", "03.04.24", "3.4.2024 ", "04/03/2024", "x", "4.3.24"])
def test_a_date_in_another_style_is_refused(shop: Any, written: str) -> None:
    loaded, rejected = load(shop, [f"1;{written};;"], date_format="dd.MM.yyyy")
    if written.strip() == "3.4.2024":
        assert [row[1] for row in loaded] == ["2024-04-03"]
    else:
        assert (loaded, rejected) == ([], {1: [("sold_on", "not_a_date")]})


def test_times_in_a_declared_format_are_meant_in_the_sources_zone(shop: Any) -> None:
    loaded, _ = load(shop, ["1;;04.03.2024 14:30;"], timestamp_format="dd.MM.yyyy HH:mm", time_zone="Europe/Berlin")
    assert str(loaded[0][2]) == "2024-03-04 13:30:00"


def test_an_offset_after_a_blank_is_an_offset(shop: Any) -> None:
    loaded, _ = load(shop, ["1;;2024-01-05 10:00:00 -0500;"], time_zone="Europe/Berlin")
    assert str(loaded[0][2]) == "2024-01-05 15:00:00"


@pytest.mark.parametrize(("pattern", "blank"), [("", " "), ("dd.MM.yyyy HH:mm", "")])
def test_an_hour_that_the_clocks_skipped_is_refused_and_its_neighbours_are_not(
    shop: Any, pattern: str, blank: str
) -> None:
    times = ["2024-03-31 01:59", "2024-03-31 02:00", "2024-03-31 02:59", "2024-03-31 03:00"]
    if pattern:
        times = [f"{t[8:10]}.{t[5:7]}.{t[:4]} {t[11:]}" for t in times]
    rows = [f"1;;{t};" for t in times]
    loaded, rejected = load(shop, rows, timestamp_format=pattern, time_zone="Europe/Berlin")
    assert [str(row[2]) for row in loaded] == ["2024-03-31 00:59:00", "2024-03-31 01:00:00"]
    assert rejected == {2: [("sold_at", "nonexistent_local_time")], 3: [("sold_at", "nonexistent_local_time")]}


def test_the_hour_that_comes_twice_is_kept_on_its_day(shop: Any) -> None:
    loaded, rejected = load(shop, ["1;;2024-10-27 02:30:00;"], time_zone="Europe/Berlin")
    assert rejected == {}
    assert str(loaded[0][2]) in {"2024-10-27 00:30:00", "2024-10-27 01:30:00"}


def test_a_skipped_hour_with_an_offset_is_a_moment_like_any_other(shop: Any) -> None:
    loaded, rejected = load(shop, ["1;;2024-03-31T02:30:00+01:00;"], time_zone="Europe/Berlin")
    assert (str(loaded[0][2]), rejected) == ("2024-03-31 01:30:00", {})


def test_a_naive_parquet_time_in_the_skipped_hour_is_refused(shop: Any) -> None:
    path = shop.folder / "orders.parquet"
    shop.con.execute(
        "copy (select 'A' as order_id, range as line, 1 as amount, "
        "timestamp '2024-03-31 01:30' + to_hours(range) as sold_at from range(3)) "
        f"to '{path}' (format parquet)"
    )
    shop.load(path, time_zone="Europe/Berlin", max_rejected_share=1)
    assert {number: reasons for number, reasons, _ in shop.rejected()} == {2: [("sold_at", "nonexistent_local_time")]}


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("decimal", ";"),
        ("thousands", "x"),
        ("thousands", "."),
        ("date_format", "dd.QQ.yyyy"),
        ("date_format", "HH:mm"),
        ("timestamp_format", "no"),
    ],
)
def test_a_notation_that_means_nothing_is_refused(option: str, value: str) -> None:
    with pytest.raises(FileRejectedError, match=option):
        FileOptions(**{option: value})
