"""What is drafted out of small files: types, keys, entities, amounts, and nothing about anybody."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from orchestration.onboarding.draft import Draft
from orchestration.onboarding.errors import OnboardingError
from orchestration.onboarding.profile import ColumnProfile
from orchestration.repository import ROOT
from tests.unit.onboarding.conftest import Drafter


def text_of(draft: Draft, ending: str) -> str:
    (text,) = (text for path, text in draft.files.new.items() if path.name.endswith(ending))
    return text


def contract_of(draft: Draft) -> dict[str, Any]:
    return yaml.safe_load(text_of(draft, ".odcs.yaml"))


def property_of(draft: Draft, name: str) -> dict[str, Any]:
    return next(item for item in contract_of(draft)["schema"][0]["properties"] if item["name"] == name)


def custom_of(draft: Draft) -> dict[str, Any]:
    return {item["property"]: item["value"] for item in contract_of(draft)["customProperties"]}


def model_of(draft: Draft) -> str:
    return text_of(draft, f"stg_{contract_of(draft)['id']}.sql")


def expected_of(draft: Draft) -> list[dict[str, Any]]:
    return yaml.safe_load(text_of(draft, "__unit_tests.yml"))["unit_tests"][0]["expect"]["rows"]


def profile_of(draft: Draft, name: str) -> ColumnProfile:
    return next(column for column in draft.profile.columns if column.name == name)


def csv(header: str, *rows: str, times: int = 1) -> str:
    return "\n".join([header, *(rows * times)]) + "\n"


class TestTypes:
    @pytest.mark.parametrize(
        ("header", "values", "physical"),
        [
            ("pieces_sold", ["1", "2"], "integer"),
            ("pieces_sold", ["1", "9000000000"], "bigint"),
            ("price", ["1", "2"], "decimal(18,4)"),
            ("price", ["1.5", "2.123456"], "decimal(18,6)"),
            ("ratio", ["1.5e-10", "2.5"], "double"),
            ("customer_id", ["1", "2"], "varchar"),
            ("plz", ["01234", "99999"], "varchar"),
            ("something", ["007", "008"], "varchar"),
            ("something", ["123456789012345", "123456789012346"], "varchar"),
            ("active", ["yes", "no"], "boolean"),
            ("active", ["0", "1"], "boolean"),
            ("pieces_sold", ["0", "1"], "integer"),
            ("day", ["2024-01-05", "2024-01-06"], "date"),
            ("at", ["2024-01-05 10:00", "2024-01-06"], "timestamptz"),
            ("created", ["1704196800", "1704196801"], "bigint"),
            ("day", ["20240105", "20240131"], "date"),
            ("remark", ["hello", "5"], "varchar"),
        ],
    )
    def test_a_column_becomes_what_the_loader_reads_without_loss(
        self, draft: Drafter, header: str, values: list[str], physical: str
    ) -> None:
        drafted = draft(csv(f"key;{header}", *(f"k{n};{value}" for n, value in enumerate(values))), entity="none")
        (column,) = (item for item in drafted.profile.columns if item.source_name == header)
        assert column.type.physical == physical
        assert drafted.trial.rejected == 0

    def test_numbers_and_dates_in_another_notation_are_read(self, draft: Drafter) -> None:
        drafted = draft(csv("id;betrag;tag", "a;1.234,50;31.01.2024", "b;2,00;1.2.2024"), entity="none")
        assert 'decimal: ","' in drafted.entry
        assert 'thousands: "."' in drafted.entry
        assert property_of(drafted, "tag")["logicalTypeOptions"]["format"] == "dd.MM.yyyy"
        assert drafted.trial.rejected == 0

    def test_day_and_month_are_told_apart_by_a_day_above_12_anywhere(self, draft: Drafter) -> None:
        rows = [f"a{n};0{1 + n % 9}/0{1 + n % 7}/2024" for n in range(60)]
        assert (
            profile_of(draft(csv("id;day", *rows, "z;01/25/2024"), entity="none"), "day").type.time_format
            == "MM/dd/yyyy"
        )
        assert (
            profile_of(draft(csv("id;day", *rows, "z;25/01/2024"), entity="none"), "day").type.time_format
            == "dd/MM/yyyy"
        )

    def test_an_order_of_day_and_month_that_nothing_tells_is_told(self, draft: Drafter) -> None:
        # The first twelve days of March, or the third of every month.
        rows = [f"a{n};{n:02d}/03/2024" for n in range(1, 13)]
        kind = profile_of(draft(csv("id;day", *rows), entity="none"), "day").type
        assert kind.time_format == "dd/MM/yyyy"
        assert "it could also be MM/dd/yyyy" in kind.told[0]

    def test_words_for_no_value_do_not_cost_records(self, draft: Drafter) -> None:
        rows = ["1;n/a;ja", "2;12,50;nein", "3;1,00;ja"]
        drafted = draft(csv("sku;ek_preis;aktiv", *rows), entity="products")
        assert profile_of(drafted, "ek_preis").type.reads_as == "decimal(18,4)"
        assert drafted.trial.rejected == 0
        assert [row["unit_cost_amount"] for row in expected_of(drafted)] == [None, 12.5, 1]

    def test_a_column_of_a_parquet_file_that_no_contract_can_carry_is_left_out_and_told(
        self, draft: Drafter, tmp_path: Path
    ) -> None:
        path = tmp_path / "products.parquet"
        pd.DataFrame({"sku": ["a", "b"], "tags": [["x"], ["y"]], "price": [1.25, 2.0]}).to_parquet(path)
        drafted = draft(path)
        assert [name for name, _ in drafted.profile.sample.left_out] == ["tags"]
        assert "Left out: tags" in text_of(drafted, ".odcs.yaml")

    def test_a_large_file_is_looked_at_in_part_and_that_is_told(
        self, draft: Drafter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("orchestration.onboarding.sample.WHOLE", 1000)
        monkeypatch.setattr("orchestration.onboarding.sample.take_sample.__kwdefaults__", {"limit": 50})
        rows = [f"{n};Köln" for n in range(5000)]
        drafted = draft(csv("id;ort", *rows), entity="none", encoding="cp1252")
        assert drafted.profile.rows == 50
        assert drafted.profile.sample.records is None
        assert "encoding: cp1252" in drafted.entry


class TestContracts:
    def test_only_the_key_and_the_time_are_required(self, draft: Drafter) -> None:
        rows = [f"o{n},1,2024-01-{1 + n:02d} 10:00:00,s{n},2,3.50" for n in range(20)]
        drafted = draft(csv("order_id,line_number,ordered_at,sku,quantity,unit_price", *rows))
        required = [c["name"] for c in contract_of(drafted)["schema"][0]["properties"] if c.get("required")]
        assert required == ["order_id", "line_number", "ordered_at"]
        assert custom_of(drafted)["eventTime"] == "ordered_at"

    def test_versions_of_one_record_are_recognised(self, draft: Drafter) -> None:
        rows = ["1,Acme,2024-01-01 10:00:00", "1,Acme AG,2024-02-01 10:00:00", "2,Tea,2024-01-01 10:00:00"]
        drafted = draft(csv("company_id,company_name,updated_at", *rows), entity="companies")
        assert custom_of(drafted)["versionColumn"] == "updated_at"
        assert "version='updated_at'" in model_of(drafted)
        assert drafted.trial.rejected == 0

    def test_versions_of_a_customer_are_kept_unless_the_newest_is_deleted(self, draft: Drafter) -> None:
        rows = [
            "1,a@x.test,2024-01-01 10:00:00,false",
            "1,b@x.test,2024-02-01 10:00:00,false",
            "2,c@x.test,2024-02-01 10:00:00,true",
        ]
        drafted = draft(csv("customer_id,email,updated_at,is_deleted", *rows))
        assert custom_of(drafted)["versionColumn"] == "updated_at"
        reading = "record_versions(source('till', 'receipts'), ['customer_id'], 'updated_at', deleted='is_deleted')"
        assert reading in model_of(drafted)
        assert "where" not in model_of(drafted)
        assert model_of(drafted).startswith("-- One row per version of a customer record")
        assert [row["customer_ref"] for row in expected_of(drafted)] == ["CUSTOMER-1", "CUSTOMER-1"]

    def test_a_key_of_two_columns_is_found(self, draft: Drafter) -> None:
        rows = [f"{n // 3},{n % 3},x" for n in range(30)]
        drafted = draft(csv("sheet_id,cell_no,remark", *rows), entity="none")
        assert [column.name for column in drafted.key.columns] == ["sheet_id", "cell_no"]

    def test_names_in_the_source_are_kept(self, draft: Drafter) -> None:
        drafted = draft(csv("Kunden-Nr.,E-Mail", "1,a@x.test", "2,b@x.test"))
        assert property_of(drafted, "kunden_nr")["physicalName"] == "Kunden-Nr."

    def test_a_record_that_is_bad_is_told_with_what_to_look_at(self, draft: Drafter) -> None:
        rows = [f"o{n},2024-01-05 10:00:00,1,{n}.50" for n in range(50)] + ["o50,2024-01-05 10:00:00,1,free"]
        drafted = draft(csv("order_id,ordered_at,quantity,unit_price", *rows))
        assert drafted.trial.rejected == 1
        (advice,) = drafted.trial.advice()
        assert advice.startswith("1 not_a_number in unit_price: look at the values; make unit_price a varchar")

    def test_a_file_that_the_project_knows_is_recognised(self, draft: Drafter) -> None:
        drafted = draft(Path(__file__).parents[2] / "vendor_files" / "salesforce" / "contacts.csv", project=ROOT)
        assert drafted.known == "salesforce__contacts"


class TestEntities:
    @pytest.mark.parametrize(
        ("header", "row", "entity"),
        [
            ("Bestellnummer;Artikelnr;Menge;Einzelpreis;Bestelldatum", "B{n};A{n};1;2,50;05.01.2024", "order_lines"),
            ("commande;client;date_achat;quantite;prix_unitaire", "C{n};K{n};05/01/2024;1;2,50", "order_lines"),
            ("id;vorname;nachname;geburtsdatum", "{n};Ann;Lee;1980-01-01", "customers"),
            ("email;newsletter", "p{n}@x.test;yes", "customers"),
            ("artikelnr;bezeichnung;warengruppe;marke", "A{n};Tea;Drinks;X", "products"),
            ("company_id;company_name;industry;employees", "{n};Acme {n};Retail;10", "companies"),
            ("event_id;user_id;event;timestamp", "e{n};u{n};visit;2024-01-05T10:00:00Z", "interactions"),
            ("campaign_id;customer_id;group", "c1;{n};control", "campaign_exposures"),
            ("respondent_id;submitted_at;q1;q2", "{n};2024-01-05T10:00:00Z;5;7", "survey_answers"),
            ("question_id;question_text;scale_min;scale_max", "q{n};How?;1;5", "survey_questions"),
            ("id;author;text;created_at;platform", "{n};@a{n};hello;2024-01-05T10:00:00Z;x", "social_interactions"),
            ("platform;handle;email", "x;@a{n};p{n}@x.test", "social_handles"),
            ("currency;to_currency;rate;date", "USD;EUR;0.9{n};2024-01-05", "exchange_rates"),
            ("store_id;size;opened", "{n};100;2020-01-01", "none"),
        ],
    )
    def test_what_the_records_are_is_recognised_by_their_columns(
        self, draft: Drafter, header: str, row: str, entity: str
    ) -> None:
        drafted = draft(csv(header, *(row.format(n=n) for n in range(10, 40))), name="some__table")
        assert drafted.choice.entity == entity
        assert drafted.choice.told

    def test_an_entity_that_does_not_exist_is_refused(self, draft: Drafter) -> None:
        with pytest.raises(OnboardingError, match="there is no entity 'orders'"):
            draft(csv("a;b", "1;2"), entity="orders")

    @pytest.mark.parametrize(
        "entity",
        [
            "order_lines",
            "customers",
            "companies",
            "products",
            "interactions",
            "campaign_exposures",
            "survey_answers",
            "survey_questions",
            "social_interactions",
            "social_handles",
            "exchange_rates",
            "none",
        ],
    )
    def test_a_model_runs_whatever_is_missing_in_the_file(self, draft: Drafter, entity: str) -> None:
        drafted = draft(csv("thing;remark", "a;x", "a;y", "b;z"), entity=entity)
        assert drafted.outcome[0].endswith("rows") or "rows of" in drafted.outcome[0]
        assert model_of(drafted).startswith("-- One row per ")
        described = yaml.safe_load(text_of(drafted, "__models.yml"))["models"][0]["description"]
        assert re.fullmatch(r"One row per .*\.", re.split(r"(?<=\.)\s+", described.strip())[-1])

    def test_questions_in_columns_become_rows(self, draft: Drafter) -> None:
        drafted = draft(
            csv("respondent_id;submitted_at;q1;q2", "a;2024-01-05T10:00:00Z;9;good", "b;2024-01-05T11:00:00Z;;bad")
        )
        found = {(row["response_id"], row["question_id"]): row for row in expected_of(drafted)}
        assert len(found) == 3
        assert {row["answer_number"] for row in found.values()} == {9.0, None}


class TestOrderLines:
    @staticmethod
    def amounts(drafted: Draft) -> list[tuple[Any, ...]]:
        names = ("line_kind", "quantity", "gross_amount", "discount_amount", "net_amount")
        return [tuple(row[name] for name in names) for row in expected_of(drafted)]

    def test_quantity_and_price_make_the_amounts_and_a_total_is_checked_with_them(self, draft: Drafter) -> None:
        rows = ["o1,2024-01-05,2,10.00,3.00,17.00", "o2,2024-01-05,1,5.00,0.00,5.00", "o3,2024-01-06,1,4.00,0.00,4.00"]
        drafted = draft(csv("order_id,order_date,quantity,unit_price,discount,total", *rows))
        assert self.amounts(drafted)[0] == ("sale", 2, 20, 3, 17)
        assert "total says the same in 100% of the records looked at." in model_of(drafted)

    def test_what_is_below_zero_takes_money_back(self, draft: Drafter) -> None:
        rows = ["o1,2024-01-05,2,10.00", "o2,2024-01-05,-1,10.00"]
        drafted = draft(csv("order_id,order_date,quantity,unit_price", *rows))
        assert self.amounts(drafted) == [("sale", 2, 20, 0, 20), ("refund", -1, -10, 0, -10)]

    def test_a_column_of_kinds_is_believed_whatever_the_signs(self, draft: Drafter) -> None:
        rows = ["{n}a,2024-01-05,paid,1,10.00", "{n}b,2024-01-05,Retoure,1,10.00", "{n}c,2024-01-05,storniert,1,10.00"]
        text = csv("order_id,order_date,status,quantity,unit_price", *(r.format(n=n) for n in range(4) for r in rows))
        assert [row[0] for row in self.amounts(draft(text))] == ["sale", "refund", "cancellation"]
        assert self.amounts(draft(text))[1] == ("refund", -1, -10, 0, -10)

    def test_an_order_is_numbered_by_what_tells_its_lines_apart(self, draft: Drafter) -> None:
        once = draft(csv("order_id,order_date,total", "o1,2024-01-05,1.50", "o2,2024-01-05,2.50"))
        assert [row["line_number"] for row in expected_of(once)] == ["1", "1"]
        by_sku = draft(
            csv("order_id,order_date,sku,total", "o1,2024-01-05,a,1.50", "o1,2024-01-05,b,2.50", "o2,2024-01-05,a,1.50")
        )
        assert "latest_rows(source('till', 'receipts'), ['order_id', 'sku'])" in model_of(by_sku)
        by_place = draft(csv("order_id,order_date,sku,total", "o1,2024-01-05,a,1.50", "o1,2024-01-05,a,1.50"))
        assert "latest_groups(source('till', 'receipts'), ['order_id'])" in model_of(by_place)
        assert [row["line_number"] for row in expected_of(by_place)] == ["1", "2"]

    def test_shipping_that_stands_on_every_line_counts_once(self, draft: Drafter) -> None:
        rows = [
            "o1,1,2024-01-05,10.00,4.90",
            "o1,2,2024-01-05,10.00,4.90",
            "o2,1,2024-01-05,10.00,2.90",
            "o2,2,2024-01-05,1.00,2.90",
        ]
        drafted = draft(csv("order_id,line,order_date,total,shipping", *rows))
        assert [row["shipping_amount"] for row in expected_of(drafted)] == [4.9, None, 2.9]

    def test_tax_in_an_amount_is_taken_off(self, draft: Drafter) -> None:
        drafted = draft(
            csv("bestellnummer;datum;bruttobetrag;mwst_satz", "b1;05.01.2024;119,00;19", "b2;05.01.2024;107,00;7")
        )
        assert [row["net_amount"] for row in expected_of(drafted)] == [100, 100]

    def test_the_currency_is_the_files_else_the_users_else_the_companys(self, draft: Drafter) -> None:
        rows = ["o1,2024-01-05,1.50,eur", "o2,2024-01-05,2.50,usd"]
        assert [
            row["currency_code"] for row in expected_of(draft(csv("order_id,order_date,total,currency", *rows)))
        ] == ["EUR", "USD"]
        text = csv("order_id,order_date,total", "o1,2024-01-05,1.50", "o2,2024-01-05,2.50")
        assert [row["currency_code"] for row in expected_of(draft(text, currency="CHF"))] == ["CHF", "CHF"]
        assert '{{ var("base_currency") }}' in model_of(draft(text))
        assert "currency_code" not in expected_of(draft(text))[0]

    def test_what_stands_for_nobody_is_no_customer(self, draft: Drafter) -> None:
        rows = [f"o{n},2024-01-05,{n % 7 if n % 2 else 0},1.50" for n in range(60)]
        drafted = draft(csv("order_id,order_date,customer_id,total", *rows))
        assert "nullif(customer_id, '0') as customer_ref" in model_of(drafted)

    def test_a_day_and_its_clock_in_two_columns_are_one_moment(self, draft: Drafter) -> None:
        drafted = draft(csv("bonnr;datum;uhrzeit;betrag", "b1;05.01.2024;9:30;1,50", "b2;06.01.2024;10:15;2,50"))
        assert "cast(uhrzeit as time)" in model_of(drafted)
        # The moment depends on the company's zone, which is not the test's.
        assert "ordered_at" not in expected_of(drafted)[0]

    def test_the_files_texts_cannot_break_out_of_the_model_or_the_test(self, draft: Drafter) -> None:
        rows = [
            "o1,2024-01-05,{{ 1 / 0 }},1.50",
            "o2,2024-01-05,it's \\ {% raw %},2.50",
            "o3,2024-01-05,';drop table x;--,2.50",
        ]
        drafted = draft(csv('order_id,order_date,"{{ name }} -- x",total', *(rows * 5)))
        # The contract itself is no template; everything made out of it is one to dbt.
        read_by_dbt = [text for path, text in drafted.files.new.items() if not path.name.endswith(".odcs.yaml")]
        assert "{{ 1" not in "".join(read_by_dbt)
        assert "{{ name" not in "".join(read_by_dbt)
        assert "{{ name }}" in property_of(drafted, "name_x")["physicalName"]


def test_nothing_about_anybody_gets_into_the_drafted_files(draft: Drafter, tmp_path: Path) -> None:
    people = [
        ("Wolfram", "Eschenbach", "w.eschenbach@burg.test", "+49 171 5550101", "Marktgasse 7", "1970-03-01", "91639"),
        ("Hildegard", "Bingen", "hilde@rupertsberg.test", "+49 171 5550102", "Am Rhein 12", "1968-09-17", "55411"),
        ("Walther", "Vogelweide", "walther@weide.test", "0931 / 555 01 03", "Lusamgärtchen 1", "1971-11-30", "97070"),
    ]
    header = "kundennr;vorname;nachname;email;telefon;strasse;geburtsdatum;plz;bemerkung;betreuer"
    rows = [f"70{n}1;{';'.join(person)};bitte {person[0]} anrufen;Konrad Würzburg" for n, person in enumerate(people)]
    drafted = draft(csv(header, *rows, times=3), name="club__members")
    assert drafted.choice.entity == "customers"
    everything = "".join(drafted.files.new.values()) + "".join(drafted.files.changed.values())
    for person in people:
        for value in person:
            assert value not in everything, value
    assert not [number for number in ("7001", "7011", "7021") if number in everything]


def test_the_drafted_test_gives_the_same_under_every_zone(draft: Drafter) -> None:
    rows = ["o1,2024-01-05T10:00:00Z,1.50", "o2,2024-01-06T10:00:00+02:00,2.50"]
    assert [row["ordered_at"] for row in expected_of(draft(csv("order_id,ordered_at,total", *rows)))] == [
        "2024-01-05 10:00:00+00",
        "2024-01-06 08:00:00+00",
    ]
