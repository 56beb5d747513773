"""How columns are named, and how numbers, times and texts are recognised."""

from __future__ import annotations

import pytest

from data_contracts.time_formats import strptime_format
from orchestration.onboarding.column_names import snake_case, unique_names
from orchestration.onboarding.number_notation import guess_notation, has_currency_sign
from orchestration.onboarding.personal_data import personal_kind
from orchestration.onboarding.time_notation import other_order, time_formats


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Lineitem quantity", "lineitem_quantity"),
        ("CustomerID", "customer_id"),
        ("Größe (cm)", "groesse_cm"),
        ("E-Mail", "email"),
        ("Kunden-Nr.", "kunden_nr"),
        ("MwSt-Satz", "mwst_satz"),
        ("N° commande", "no_commande"),
        ("Prix unitaire (€)", "prix_unitaire"),
        ("% Rabatt", "percent_rabatt"),
        ("properties.email", "properties_email"),
        ("order", "order_value"),
        ("2023", "c_2023"),
        ("数量", "column"),
        ('a"; drop table x', "a_drop_table_x"),
    ],
)
def test_a_name_is_one_that_sql_takes_without_quotes(written: str, name: str) -> None:
    assert snake_case(written) == name


def test_columns_whose_names_would_be_the_same_are_told_apart() -> None:
    assert unique_names(["Total", "total ", "TOTAL", "total_2"]) == {
        "Total": "total",
        "total ": "total_2",
        "TOTAL": "total_3",
        "total_2": "total_2_2",
    }


@pytest.mark.parametrize(
    ("columns", "decimal", "thousands"),
    [
        ({"a": ["1.5", "2"]}, ".", ""),
        ({"a": ["1,5", "2,25"]}, ",", ""),
        ({"a": ["1.234,50", "3,00"]}, ",", "."),
        ({"a": ["1,234.50", "3.00"]}, ".", ","),
        ({"a": ["1 234,50", "3,00"]}, ",", " "),
        ({"a": ["1'234.50", "3.00"]}, ".", "'"),
        ({"a": ["12,50 €", "1.000,00 €"]}, ",", "."),
        # One column alone could be either; the other one tells.
        ({"a": ["1.234", "2.000"], "b": ["12,5"]}, ",", "."),
        ({"a": ["1.234"]}, ".", ""),
        ({"a": ["1,234", "12,345"]}, ".", ","),
        ({"a": ["x", "y"]}, ".", ""),
    ],
)
def test_the_notation_of_numbers_is_that_of_most_columns(
    columns: dict[str, list[str]], decimal: str, thousands: str
) -> None:
    guessed = guess_notation(columns)
    assert (guessed.decimal, guessed.thousands) == (decimal, thousands)


def test_a_notation_that_could_be_another_is_told() -> None:
    assert "Look at it" in guess_notation({"weight": ["1.234", "2.500"]}).told
    assert "Look at it" not in guess_notation({"price": ["1.5", "2.25"]}).told


def test_a_number_with_a_currency_sign_is_recognised() -> None:
    assert has_currency_sign("$1,234.50")
    assert has_currency_sign("12,50 €")
    assert not has_currency_sign("12.50")
    assert not has_currency_sign("€ each")


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("2024-01-05", ""),
        ("2024-01-05T10:00:00.000Z", ""),
        ("2024-01-05 10:00:00.0", ""),
        ("2024-01-05 10:00:00 -0500", ""),
        ("05.01.2024 9:30", "dd.MM.yyyy H:mm"),
        ("1/5/2024 10:30 AM", "d/M/yyyy hh:mm a"),
        ("5-Jan-2024", "dd-MMM-yyyy"),
        ("Jan 05, 2024", "MMM dd, yyyy"),
        ("2024/01/05 10:00:00", "yyyy/MM/dd HH:mm:ss"),
        ("Fri Jan 05 10:00:00 +0000 2024", "EEE MMM dd HH:mm:ss Z yyyy"),
        ("12.03.2024, 14:05", "dd.MM.yyyy, HH:mm"),
    ],
)
def test_a_format_is_found_that_contracts_take(text: str, shape: str) -> None:
    assert time_formats([text])[0] == shape
    assert not shape or strptime_format(shape)


def test_texts_that_are_no_times_have_no_format() -> None:
    assert time_formats(["hello", "12", "1.5"]) == []


def test_day_and_month_can_be_exchanged_only_where_both_are_digits() -> None:
    assert other_order("dd/MM/yyyy HH:mm") == "MM/dd/yyyy HH:mm"
    assert other_order("dd-MMM-yyyy") is None
    assert other_order("yyyy/MM/dd") is None


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("email", [], "email"),
        ("kontakt", ["a@b.de", "c@d.fr"], "email"),
        ("email_status", ["sent", "open"], None),
        ("telefon", ["+49 30 1234567"], "phone"),
        ("tel_count", ["1", "2"], None),
        ("vorname", ["Ann"], "first_name"),
        ("kunde", ["Peter Schmidt", "Anna Weber", "Karl Klein"], "full_name"),
        ("strasse", [], "address"),
        ("lieferort", ["Hauptstr. 1", "Am Markt 3", "Gartenweg 12"], "address"),
        ("ip_address", ["192.0.2.1"], "ip"),
        ("konto", ["DE89 3704 0044 0532 0130 00"], "bank"),
        ("geburtsdatum", ["1980-01-01"], "birth_date"),
        ("bemerkung", ["ruf an", "schreib an anna@web.de bitte"], "other"),
        ("city", ["Berlin", "Bonn"], None),
        ("product_name", ["Green tea", "Black tea"], None),
        ("browser_name", ["Chrome"], None),
    ],
)
def test_personal_data_are_recognised_by_name_and_by_content(name: str, values: list[str], kind: str | None) -> None:
    assert personal_kind(name, values) == kind
