"""The dashboard of ``bi/superset`` in a real Superset: every chart's answer is that of SQL on the marts."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from playwright.sync_api import sync_playwright

from orchestration.configuration.postgres_publication import PostgresPublication
from orchestration.postgres_publication.serving import serve_in_postgres
from orchestration.publishing.version_store import VersionStore
from scripts.chromium import FLAGS, chromium_path
from tests.support import nights, small_company
from tests.support.postgres_server import DSN_PASSWORD, running_postgres
from tests.support.superset_server import BUNDLE, Superset, running_superset

pytestmark = pytest.mark.slow
# The published folder of a night that there is, and where the picture of it is to go: for the picture of the guide.
PUBLISHED, PICTURE = "TESSERA_SUPERSET_PUBLISHED", "TESSERA_SUPERSET_PICTURE"
CHARTS = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in (BUNDLE / "charts").glob("*.yaml")}
DATASETS = {
    dataset["uuid"]: dataset
    for path in (BUNDLE / "datasets").rglob("*.yaml")
    for dataset in [yaml.safe_load(path.read_text(encoding="utf-8"))]
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if PUBLISHED in os.environ:
        return Path(os.environ[PUBLISHED])
    night = nights.run(small_company.write_company(tmp_path_factory.mktemp("company")), tmp_path_factory.mktemp("home"))
    assert night.outcome.exit_code == 0, night.outcome.errors
    return night.deployment.home.published


@pytest.fixture(scope="module")
def superset(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Superset]:
    with running_postgres() as postgres, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MARTS_DSN", postgres.dsn())
        serve_in_postgres(VersionStore(published), PostgresPublication(connection="MARTS_DSN", readers=["reader"]))
        # As a reader, who may do no more than read the views.
        uri = f"postgresql+psycopg2://reader:{DSN_PASSWORD}@/postgres?host={postgres.host}"
        with running_superset(uri, tmp_path_factory.mktemp("superset")) as running:
            yield running


def expected(chart: dict[str, Any], marts: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """The chart's rows by SQL of this test's own on the marts."""
    query = json.loads(chart["query_context"])["queries"][0]
    dataset = DATASETS[chart["dataset_uuid"]]
    relation = f"({dataset['sql'].replace('tessera.', '')})" if dataset["sql"] else dataset["table_name"]
    columns = [
        column
        if isinstance(column, str)
        else f"epoch_ms(date_trunc('month', {column['sqlExpression']})::timestamp)::double"
        for column in query["columns"]
    ]
    metrics = [metric["sqlExpression"] for metric in query["metrics"] or ()]
    tests = {"==": "= {!r}", "IS NOT NULL": "is not null"}
    where = [f"{test['col']} {tests[test['op']].format(test.get('val'))}" for test in query["filters"]]
    where += [query["extras"]["where"]] if query["extras"]["where"] else []
    grouped = f" group by {', '.join(columns)}" if metrics and columns else ""
    return marts.execute(
        f"select {', '.join([*columns, *metrics])} from {relation} where {' and '.join(where) or 'true'}{grouped}"
    ).fetchall()


def told(rows: list[tuple[Any, ...]]) -> list[tuple[str, ...]]:
    """Rows in an order and a spelling that do not depend on who gave them."""

    def word(value: Any) -> str:
        return f"{float(value):.9g}" if isinstance(value, (int, float, Decimal)) else str(value)

    return sorted(tuple(word(value) for value in row) for row in rows)


def test_every_chart_says_what_the_marts_say(superset: Superset, published: Path) -> None:
    token = superset.token()
    listed = superset.call("/api/v1/chart/?q=(page_size:100)", token=token)["result"]
    numbers = {chart["slice_name"]: chart["id"] for chart in listed}
    assert numbers.keys() == {chart["slice_name"] for chart in CHARTS.values()}
    filled = 0
    with duckdb.connect(str(published / "current" / "marts.duckdb"), read_only=True) as marts:
        for name, chart in CHARTS.items():
            (answer,) = superset.call(f"/api/v1/chart/{numbers[chart['slice_name']]}/data/", token=token)["result"]
            assert answer["error"] is None, f"{name}: {answer['error']}"
            wanted = told(expected(chart, marts))
            found = told([tuple(row.values()) for row in answer["data"]])
            limit = json.loads(chart["query_context"])["queries"][0]["row_limit"]
            if len(wanted) > limit:
                assert len(found) == limit, name
                assert set(found) <= set(wanted), name
            else:
                assert found == wanted, name
            filled += bool(found)
    assert filled >= len(CHARTS) - 2


def test_the_dashboard_shows_every_chart_without_an_error(superset: Superset, tmp_path: Path) -> None:
    picture = Path(os.environ.get(PICTURE, tmp_path / "superset.png"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1500, "height": 2300})
        page.goto(f"{superset.address}/login/", timeout=120_000)
        page.locator("input:visible").first.fill("admin", timeout=60_000)
        page.locator("input[type=password]").fill(superset.password)
        page.keyboard.press("Enter")
        page.wait_for_url("**/welcome/**", timeout=120_000)
        page.goto(f"{superset.address}/superset/dashboard/customer-segments/", timeout=120_000)
        page.wait_for_selector(".dashboard-component-chart-holder", timeout=90_000)
        for chart in CHARTS.values():
            page.get_by_text(chart["slice_name"], exact=True).first.wait_for(timeout=60_000)
        # Charts come one by one; the page has settled when none has been at work for two seconds.
        for _ in range(60):
            page.wait_for_timeout(2000)
            if not page.locator("[data-test=loading-indicator]").count():
                break
        page.wait_for_timeout(3000)
        assert page.locator(".dashboard-component-chart-holder").count() == len(CHARTS)
        assert page.locator("[role=alert], .ant-alert-error").all_inner_texts() == []
        assert page.get_by_text("lifecycle", exact=True).count() >= 1
        page.screenshot(path=picture)
        browser.close()
    assert picture.stat().st_size > 50_000
