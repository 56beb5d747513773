"""dbt's run results become ledger results."""

from __future__ import annotations

import datetime as dt

import dagster as dg
import pytest

from orchestration.gate.dbt_results import ledger_results, selected_names
from orchestration.gate.questions import test_question as question_of
from orchestration.translator import LayerTranslator

MODEL = "model.t.customers"
OTHER = "model.t.profiles"
SEED = "seed.t.catalog"
STRICT = "test.t.unique_customers"
MILD = "test.t.few_unknown"
SINGULAR = "test.t.assert_sums"
ON_SOURCE = "test.t.not_null_orders"
SOURCE = "source.t.shop.orders"


def node(kind: str, schema: str, name: str, *parents: str, **more: object) -> dict:
    return {
        "resource_type": kind,
        "schema": schema,
        "name": name,
        "alias": name,
        "config": {"severity": "ERROR"},
        "depends_on": {"nodes": list(parents)},
        **more,
    }


MANIFEST = {
    "nodes": {
        MODEL: node("model", "marts", "customers"),
        OTHER: node("model", "marts", "profiles", MODEL),
        SEED: node("seed", "seeds", "catalog"),
        STRICT: node("test", "audit", "unique_customers", MODEL, attached_node=MODEL),
        MILD: node("test", "audit", "few_unknown", MODEL, SEED, attached_node=MODEL, config={"severity": "warn"}),
        SINGULAR: node("test", "audit", "assert_sums", OTHER, MODEL),
        ON_SOURCE: node("test", "audit", "not_null_orders", SOURCE, attached_node=None),
    },
    "sources": {SOURCE: {"schema": "raw", "identifier": "shop__orders"}},
}
EXECUTE = {"name": "execute", "started_at": "2024-06-01T02:00:01.5Z", "completed_at": "2024-06-01T02:00:03Z"}
COMPILE = {"name": "compile", "started_at": "2024-06-01T01:00:00Z", "completed_at": "2024-06-01T01:00:01Z"}


def row(unique_id: str, status: str, *, failures: int | None = None, message: str | None = None, **more) -> dict:
    return {
        "unique_id": unique_id,
        "status": status,
        "failures": failures,
        "message": message,
        "timing": [COMPILE, EXECUTE],
        **more,
    }


def read(*rows: dict):
    return ledger_results({"results": rows}, MANIFEST, as_of_date=dt.date(2024, 5, 31), run_id="run-1")


def test_a_built_model_passes_as_a_build() -> None:
    (result,) = read(row(MODEL, "success", message="CREATE TABLE"))
    assert (result.name, result.kind, result.subject) == ("marts.customers", "build", "marts.customers")
    assert (result.status, result.severity, result.failures, result.detail) == ("pass", "error", 0, "")
    assert (result.as_of_date, result.run_id) == (dt.date(2024, 5, 31), "run-1")


def test_a_model_that_failed_is_one_failure_with_dbts_words() -> None:
    (result,) = read(row(MODEL, "error", message="Binder Error: no such column"))
    assert (result.status, result.failures, result.detail) == ("fail", 1, "Binder Error: no such column")


@pytest.mark.parametrize(
    ("unique_id", "status", "severity", "judged"),
    [
        (STRICT, "pass", "error", "pass"),
        (STRICT, "fail", "error", "fail"),
        (STRICT, "warn", "error", "warn"),
        (STRICT, "error", "error", "fail"),
        (MILD, "warn", "warn", "warn"),
        (MILD, "pass", "warn", "pass"),
        # A state that dbt may invent one day is no pass.
        (STRICT, "partial success", "error", "fail"),
    ],
)
def test_a_test_keeps_its_severity_and_its_answer(unique_id: str, status: str, severity: str, judged: str) -> None:
    (result,) = read(row(unique_id, status, failures=0 if status == "pass" else 4, message="Got 4 results"))
    assert (result.kind, result.severity, result.status) == ("dbt", severity, judged)
    assert result.failures == (0 if status == "pass" else 4)
    question = f"{question_of(MANIFEST['nodes'][unique_id])} No: 4 rows"
    told = {"pass": "", "fail": question, "warn": question}
    assert result.detail == told.get(status, "Got 4 results")


def test_nodes_that_were_skipped_or_never_executed_or_are_unknown_leave_nothing() -> None:
    never = {"timing": [COMPILE]}
    rows = [
        row(MODEL, "skipped"),
        row(STRICT, "skipped", timing=[]),
        row(OTHER, "error", **never),
        row("model.t.elsewhere", "success"),
    ]
    assert read(*rows) == []


def test_times_are_those_of_the_execution_in_utc() -> None:
    without_zone = {"name": "execute", "started_at": "2024-06-01T02:00:01", "completed_at": "2024-06-01T02:00:02"}
    first, second = read(row(MODEL, "success"), row(OTHER, "success", timing=[without_zone]))
    assert first.started_at == dt.datetime(2024, 6, 1, 2, 0, 1, 500_000, tzinfo=dt.UTC)
    assert first.completed_at == dt.datetime(2024, 6, 1, 2, 0, 3, tzinfo=dt.UTC)
    assert second.started_at == dt.datetime(2024, 6, 1, 2, 0, 1, tzinfo=dt.UTC)


def test_a_test_is_about_what_it_is_attached_to_else_about_its_first_input() -> None:
    results = {r.name: r.subject for r in read(*(row(u, "pass") for u in (MILD, SINGULAR, ON_SOURCE)))}
    assert results == {
        "few_unknown": "marts.customers",
        "assert_sums": "marts.profiles",
        "not_null_orders": "raw.shop__orders",
    }


def test_the_names_of_a_selection_are_its_relations_and_every_test_that_touches_them() -> None:
    def names(*keys: str) -> set[str]:
        chosen = [dg.AssetKey(key.split(".")) for key in keys]
        return set(selected_names(MANIFEST, chosen, translator=LayerTranslator()))

    assert names("seeds.catalog") == {"seeds.catalog", "few_unknown"}
    assert names("marts.profiles") == {"marts.profiles", "assert_sums"}
    assert names("marts.customers") == {"marts.customers", "unique_customers", "few_unknown", "assert_sums"}
    assert names("raw.shop__orders") == set()
