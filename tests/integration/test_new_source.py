"""A file that the project has never seen, drafted with one command, is in the warehouse after the next night."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest

from tests.support import nights, small_company
from tests.support.checkouts import copy_project, python

# A copy of the project and two nights: `make test-slow`.
pytestmark = pytest.mark.slow

DRAFTED = ("kasse__bons", "verein__mitglieder", "app__events", "shop__bestellungen")


def euros(amount: Decimal) -> str:
    """An amount as German programs write it: 1.234,50."""
    return f"{amount:,.2f}".translate(str.maketrans({",": ".", ".": ","}))


def write_till(path: Path) -> tuple[int, Decimal]:
    """Write a till's export (semicolons, cp1252, decimal commas, dd.MM.yyyy); returns its lines and their amount."""
    draw = random.Random(11)
    articles = [("00417", "Grüner Tee", "4.50"), ("00418", "Kanne, groß", "1249.00"), ("01200", "Tasse", "12.00")]
    lines = [
        "Filiale;Bonnummer;Pos;Datum;Uhrzeit;Kundennr.;Artikelnr;Bezeichnung;Menge;Einzelpreis;Rabatt;Betrag;Verkäufer"
    ]
    total = Decimal(0)
    for receipt in range(150):
        day = dt.date(2024, 11, 1) + dt.timedelta(days=receipt % 60)
        customer = "0" if receipt % 4 == 0 else f"k{receipt % 200:03d}"
        for position in range(1, draw.randint(2, 4)):
            number, name, price = draw.choice(articles)
            units = -1 if receipt % 25 == 3 else draw.randint(1, 3)
            discount = Decimal("0.50") if units > 1 else Decimal(0)
            amount = units * Decimal(price) - discount
            total += amount
            fields = ["Köln", 700000 + receipt, position, f"{day:%d.%m.%Y}", f"{9 + receipt % 10}:05", customer, number]
            fields += [f'"{name}"', units, euros(Decimal(price)), euros(discount), euros(amount), "Müller, Ute"]
            lines.append(";".join(map(str, fields)))
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("cp1252"))
    return len(lines) - 1, total


def write_members(path: Path) -> int:
    """Write a club's workbook of members and return their number."""
    workbook = openpyxl.Workbook()
    workbook.active.append(
        ["Mitgliedsnummer", "Name", "E-Mail", "Geburtsdatum", "Newsletter", "PLZ", "Ort", "Eintritt"]
    )
    for number in range(40):
        born, joined = dt.date(1960 + number, 3, 1), dt.date(2020, 1, 1) + dt.timedelta(days=number)
        row = [
            f"M-{number:04d}",
            f"Anna Weber{number}",
            f"anna{number}@verein.test",
            born,
            "ja" if number % 2 else "nein",
        ]
        workbook.active.append([*row, f"0{1000 + number}", "Köln", joined])
    workbook.save(path)
    return 40


def write_events(path: Path) -> int:
    """Write an app's events, a JSON object a line under a name that does not say so, and return their number."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(90):
            kind = ["visit", "app_open", "call"][number % 3]
            event = {
                "eventId": f"e{number}",
                "userId": f"k{number:03d}",
                "event": kind,
                "ts": 1_730_000_000_000 + number,
            }
            file.write(json.dumps(event) + "\n")
    return 90


def write_orders(path: Path) -> int:
    """Write a shop's orders as a JSON document and return their number."""
    orders = [
        {
            "orderId": f"S{number}",
            "placedAt": f"2024-12-{1 + number % 28:02d}T10:00:00Z",
            "buyer": {"email": f"person{number}@example.org"},
            "total": f"€{number + 1},50",
            "status": "refunded" if number % 10 == 0 else "paid",
        }
        for number in range(50)
    ]
    path.write_text(json.dumps({"page": 1, "result": {"orders": orders}}), encoding="utf-8")
    return 50


def entry_in(shown: str) -> str:
    """The entry for tessera.yml in what the command printed."""
    match = re.search(r"Paste under sources: in your tessera.yml\n(.*?)\n\nThen\n", shown, flags=re.DOTALL)
    assert match is not None, shown
    return match[1] + "\n"


class Company:
    """A checkout with four drafted sources, and the small company with their entries pasted into its tessera.yml."""

    def __init__(self, folder: Path) -> None:
        self.checkout = copy_project(folder / "checkout")
        self.config = small_company.write_company(folder / "company")
        self.home = folder / "home"
        files = self.config.parent
        self.till_lines, self.till_amount = write_till(files / "kasse_2024.csv")
        self.members = write_members(files / "mitglieder.xlsx")
        self.events = write_events(files / "events.json")
        self.orders = write_orders(files / "orders.json")
        self.shown = {
            "kasse__bons": self.draft("kasse__bons", "kasse_2024.csv", "--time-zone", "Europe/Berlin"),
            "verein__mitglieder": self.draft("verein__mitglieder", "mitglieder.xlsx"),
            "app__events": self.draft("app__events", "events.json"),
            "shop__bestellungen": self.draft("shop__bestellungen", "orders.json", "--currency", "EUR"),
        }
        entries = "".join(map(entry_in, self.shown.values()))
        text = self.config.read_text(encoding="utf-8")
        self.config.write_text(text.replace("sources:\n", "sources:\n" + entries), encoding="utf-8")

    def draft(self, name: str, file: str, *options: str) -> str:
        path = str(self.config.parent / file)
        return python(self.checkout, "-m", "orchestration.cli", "new-source", name, "--from", path, *options)

    def ask(self, query: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as warehouse:
            return warehouse.execute(query).fetchall()


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A company after a night with the drafts as they were written."""
    company = Company(tmp_path_factory.mktemp("new_source"))
    run = ("run", "--config", str(company.config), "--home", str(company.home))
    python(company.checkout, "-m", "orchestration.cli", *run)
    return company


def test_the_lines_of_the_till_are_in_the_warehouse(company: Company) -> None:
    lines = company.ask("""
        select count(*), count(distinct order_id), sum(net_amount), count(*) filter (line_kind = 'refund'),
            min(order_date), count(*) filter (customer_ref is null), any_value(currency_code)
        from canonical.int_canonical__order_lines where source_name = 'kasse__bons'
    """)
    count, orders, amount, refunds, first, nobody, currency = lines[0]
    assert (count, orders, amount, currency) == (company.till_lines, 150, company.till_amount, "EUR")
    assert first == dt.date(2024, 11, 1)
    assert refunds
    assert nobody


def test_the_tills_customers_are_those_that_the_company_knows(company: Company) -> None:
    shared = company.ask("""
        select count(distinct customer_id) from identity.int_identity__order_lines
        where customer_id in (
            select customer_id from identity.int_identity__order_lines where source_name = 'kasse__bons'
        ) and source_name = 'transactions__order_lines'
    """)
    assert shared[0][0] > 50


def test_the_members_of_the_club_are_customers(company: Company) -> None:
    members = company.ask("""
        select count(*), count(*) filter (has_email_consent), min(birth_date), count(distinct last_name),
            min(postal_code)
        from canonical.int_canonical__customers where source_name = 'verein__mitglieder'
    """)
    assert members == [(company.members, company.members // 2, dt.date(1960, 3, 1), company.members, "01000")]


def test_events_and_orders_of_other_forms_are_there_too(company: Company) -> None:
    events = "select count(*), min(occurred_date) from canonical.int_canonical__interactions"
    assert company.ask(f"{events} where source_name = 'app__events'") == [(company.events, dt.date(2024, 10, 27))]
    orders = company.ask("""
        select line_kind, count(*), sum(net_amount) from canonical.int_canonical__order_lines
        where source_name = 'shop__bestellungen' group by line_kind order by line_kind
    """)
    refunded = sum(Decimal(number + 1) + Decimal("0.5") for number in range(0, 50, 10))
    total = sum(Decimal(number + 1) + Decimal("0.5") for number in range(50))
    assert orders == [("refund", 5, -refunded), ("sale", 45, total - refunded)]


def test_the_generated_files_need_not_be_rendered_again(company: Company) -> None:
    assert "up to date" in python(company.checkout, "-m", "data_contracts.render")


def test_the_drafted_tests_pass_as_they_are_written(company: Company, tmp_path: Path) -> None:
    variables = json.dumps({"sources_on": list(DRAFTED), "staging_models": {}})
    models = [f"stg_{name},test_type:unit" for name in DRAFTED]
    arguments = ["test", "--select", *models, "--vars", variables, "--profiles-dir", "."]
    ended = subprocess.run(
        [
            str(Path(sys.executable).with_name("dbt")),
            *arguments,
            "--target-path",
            str(tmp_path / "target"),
            "--log-path",
            str(tmp_path / "logs"),
        ],
        cwd=company.checkout / "dbt_project",
        env=nights.environment(
            TESSERA_WAREHOUSE=str(tmp_path / "w.duckdb"), TESSERA_TIME_ZONE="UTC", TESSERA_AS_OF_DATE="2024-12-31"
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-4000:]
    results = json.loads((tmp_path / "target" / "run_results.json").read_text(encoding="utf-8"))["results"]
    tests = [result for result in results if result["unique_id"].startswith("unit_test.")]
    assert [test["status"] for test in tests] == ["pass"] * len(DRAFTED)


def test_what_is_printed_tells_the_guesses_and_names_nobody(company: Company) -> None:
    shown = company.shown["kasse__bons"]
    for told in ("cp1252, a guess", "semicolon", "decimal comma, thousands dot", "dd.MM.yyyy", "'0' stands for nobody"):
        assert told in shown
    assert "Müller" not in "".join(company.shown.values())
    assert "@verein.test" not in "".join(company.shown.values())


def test_a_second_draft_of_the_same_name_writes_over_nothing(company: Company) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", "new-source", "kasse__bons", "--from", str(company.config)],
        cwd=company.checkout,
        env=nights.environment(PYTHONPATH=str(company.checkout)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "kasse__bons exists already" in ended.stderr
