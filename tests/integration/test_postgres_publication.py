"""The served version in PostgreSQL: one version at a time, whatever readers and publishers do."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import psycopg
import pytest

from orchestration.assets.postgres_marts import postgres_assets
from orchestration.cli import rollback
from orchestration.configuration.deployment import load_deployment
from orchestration.configuration.postgres_publication import PostgresPublication
from orchestration.console.postgres_command import publish_postgres
from orchestration.errors import TesseraError
from orchestration.partitions import nightly_partitions
from orchestration.postgres_publication.errors import PostgresPublicationError
from orchestration.publishing.manifest import VersionDamagedError
from orchestration.publishing.version_store import VersionStore
from orchestration.resources import NightLockResource
from tests.support.deployments import write_config
from tests.support.postgres_server import DSN_PASSWORD, PASSWORD, Postgres
from tests.support.postgres_worker import AT_ONCE, CONNECTION
from tests.support.published_postgres import MARKERS, publish_query, rows_of_slots, serve, served_marker

sys.path.insert(0, str(MARKERS))
from publishing_worker import publish_marker

EVERY_TYPE = """
    select * from (values
        (
            1, '', 0.1::double, 12345678901234.55::decimal(18,2), date '2024-02-29',
            timestamp '2024-01-01 10:00:00.123456', timestamptz '2024-07-01 10:00:00+02', true,
            {'feature': 'x', 'value': null, 'effect': 1e-7::double}, map {'b': 'ü', 'aa': null}, ['a', null, ''],
            18446744073709551615::ubigint
        ),
        (2, null, 'nan'::double, null, null, null, null, null, null, null, null, null),
        (
            3, 'NULL', 'inf'::double, -0.01, date '1999-12-31', timestamp '1969-12-31 23:59:59', null, false,
            {'feature': 'a"b', 'value': '\\', 'effect': -2.5}, map {}, [], 1::ubigint
        ),
        (4, '\\.', 5e-324::double, 0, null, null, null, false, null, null, null, 0::ubigint),
        (
            5, 'two' || chr(10) || 'lines, "quoted" ' || chr(13) || chr(9), 1.7976931348623157e308::double, 0, null,
            null, null, false, null, null, null, null
        )
    ) as made (id, words, number, money, day, moment, instant, flag, reason, codes, list, huge)
"""


def test_the_views_show_what_the_files_serve_and_follow_a_rollback(postgres: Postgres, root: Path) -> None:
    for marker in (1, 2, 3):
        publish_marker(root, marker, keep=9)
        found = serve(root)
        assert (found.version, found.was_loaded) == (f"v00000{marker}", True)
        assert served_marker(postgres) == marker
    # Two are kept, and of the one that was forgotten nothing is left.
    assert rows_of_slots(postgres) == [2, 3]
    VersionStore(root).rollback()
    assert (serve(root).was_loaded, served_marker(postgres)) == (False, 2)
    VersionStore(root).rollback()
    assert (serve(root).was_loaded, served_marker(postgres)) == (True, 1)
    ((version, as_of_date),) = postgres.execute("select version, as_of_date from tessera.published_version")
    assert (version, str(as_of_date)) == ("v000001", "2025-06-30")
    assert rows_of_slots(postgres) == [1, 3]


def test_every_type_comes_through_exactly(postgres: Postgres, root: Path) -> None:
    publish_query(root, EVERY_TYPE)
    serve(root)
    types = dict(
        postgres.execute(
            "select attname::text, format_type(atttypid, atttypmod) from pg_attribute "
            "where attrelid = 'tessera.things'::regclass and attnum > 0"
        )
    )
    assert types == {
        "id": "integer", "words": "text", "number": "double precision", "money": "numeric(18,2)", "day": "date",
        "moment": "timestamp without time zone", "instant": "timestamp with time zone", "flag": "boolean",
        "reason": "jsonb", "codes": "jsonb", "list": "jsonb", "huge": "numeric(20,0)",
    }  # fmt: skip
    rows = postgres.execute("select words, number::text, money, reason, codes, list from tessera.things order by id")
    assert [row[0] for row in rows] == ["", None, "NULL", "\\.", 'two\nlines, "quoted" \r\t']
    assert [row[1] for row in rows] == ["0.1", "NaN", "Infinity", "5e-324", "1.7976931348623157e+308"]
    assert str(rows[0][2]) == "12345678901234.55"
    assert rows[0][3:] == ({"feature": "x", "value": None, "effect": 1e-7}, {"aa": None, "b": "ü"}, ["a", None, ""])
    comments = postgres.execute(
        "select obj_description('tessera.things'::regclass), col_description('tessera.things'::regclass, 1)"
    )
    assert comments == [('It\'s "all"', "Which; one's")]


def test_only_one_version_is_scanned_and_keys_are_found_by_index(postgres: Postgres, root: Path) -> None:
    for _ in range(2):
        publish_query(root, "select i as id, i % 7 as kind from range(20000) as numbers(i)")
        serve(root)

    def plan(query: str) -> list[dict[str, Any]]:
        nodes = [postgres.execute(f"explain (analyze, format json) {query}")[0][0][0]["Plan"]]
        for node in nodes:
            nodes += node.get("Plans", [])
        return [node for node in nodes if node.get("Relation Name", "").startswith("things")]

    scans = plan("select kind, count(*) from tessera.things group by kind")
    executed = [node["Relation Name"] for node in scans if node["Actual Loops"]]
    assert (len(scans), executed) == (3, ["things~1"])
    (scan,) = (node for node in plan("select * from tessera.things where id = 17") if node["Actual Loops"])
    assert "Index" in scan["Node Type"] or "Bitmap" in scan["Node Type"]


def test_a_new_column_extends_the_view_and_one_that_goes_makes_it_anew(postgres: Postgres, root: Path) -> None:
    def state() -> tuple[int, list[str]]:
        columns = postgres.execute(
            "select attname::text from pg_attribute where attrelid = 'tessera.things'::regclass and attnum > 0 "
            "order by attnum"
        )
        return postgres.execute("select 'tessera.things'::regclass::oid::int")[0][0], [name for (name,) in columns]

    publish_query(root, "select 1 as id, 'a' as old")
    serve(root)
    first = state()
    publish_query(root, "select 1 as id, true as added, 'b' as old")
    with psycopg.connect(postgres.dsn()) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader.execute("select 1 from pg_class")
        assert serve(root).changed_views == ("things",)
        # Its snapshot is of the version before, of which the column is not known.
        assert reader.execute("select * from tessera.things").fetchall() == [(1, "a", None)]
    assert state() == (first[0], ["id", "old", "added"])
    publish_query(root, "select 1 as id, 2.5::double as old, true as added")
    assert serve(root).changed_views == ("things",)
    assert postgres.execute("select * from tessera.things") == [(1, 2.5, True)]
    VersionStore(root).rollback("v000001")
    serve(root)
    assert (postgres.execute("select * from tessera.things"), state()[1]) == ([(1, "a")], ["id", "old"])
    # Readers keep their right on a view that was made anew.
    with psycopg.connect(postgres.dsn("reader", DSN_PASSWORD)) as reader:
        assert reader.execute("select old from tessera.things").fetchall() == [("a",)]


def test_other_keys_and_other_marts_replace_the_old_ones(postgres: Postgres, root: Path) -> None:
    publish_query(root, "select 1 as id, 'a' as part")
    serve(root)
    for _ in range(3):
        publish_query(root, "select 1 as id, unnest(['a', 'b']) as part", keys=("id", "part"))
        serve(root)
    assert postgres.execute("select count(*) from tessera.things") == [(2,)]
    publish_query(root, "select 1 as id", name="others")
    assert serve(root).changed_views == ("others", "things")
    assert postgres.execute("select to_regclass('tessera.things')") == [(None,)]
    VersionStore(root).rollback()
    serve(root)
    assert postgres.execute("select count(*) from tessera.things") == [(2,)]


def test_views_of_others_are_not_dropped(postgres: Postgres, root: Path) -> None:
    publish_query(root, "select 1 as id, 'a' as old")
    serve(root)
    postgres.execute("create view public.report as select old from tessera.things")
    publish_query(root, "select 1 as id")
    with pytest.raises(PostgresPublicationError, match=r"views of yours depend on the view.*\n.*\n.*report"):
        serve(root)
    assert postgres.execute("select * from public.report") == [("a",)]
    postgres.execute("drop view public.report")
    assert serve(root).was_loaded is False


def test_a_reader_reads_the_views_and_nothing_else(postgres: Postgres, root: Path) -> None:
    publish_marker(root, 3)
    serve(root)
    with psycopg.connect(postgres.dsn("reader", DSN_PASSWORD), autocommit=True) as reader:
        assert reader.execute(AT_ONCE).fetchone() == (3, 3, 3, 3)
        assert reader.execute("select version from tessera.published_version").fetchone() == ("v000001",)
        for forbidden in (
            "select * from tessera_data.customers",
            'select * from tessera_data."customers~0"',
            'select * from tessera_data."~pointer"',
            "delete from tessera.customers",
            "update tessera.segments set marker = 9",
            "insert into tessera.segments values (9)",
            "create table tessera.mine (x int)",
            "drop view tessera.customers",
        ):
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectNotInPrerequisiteState)):
                reader.execute(forbidden)
    assert served_marker(postgres) == 3


def test_rows_that_do_not_come_back_are_not_served(postgres: Postgres, root: Path) -> None:
    publish_query(root, "select 1 as id, 'a' as words")
    serve(root)
    postgres.execute(
        "create function public.spoil() returns trigger language plpgsql as "
        "$$ begin new.words = 'x'; return new; end $$",
        'create trigger spoil before insert on tessera_data."things~1" for each row execute function public.spoil()',
    )
    publish_query(root, "select 2 as id, 'b' as words")
    with pytest.raises(PostgresPublicationError, match="'things' does not come back"):
        serve(root)
    assert postgres.execute("select * from tessera.things") == [(1, "a")]
    assert postgres.execute('select count(*) from tessera_data."things~1"') == [(0,)]


def test_a_damaged_version_is_not_loaded(postgres: Postgres, root: Path) -> None:
    publish_marker(root, 1)
    path = VersionStore(root).root / "v000001" / "customers.parquet"
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(VersionDamagedError, match=r"customers\.parquet changed"):
        serve(root)


def test_a_home_that_began_anew_is_not_taken_for_the_old_one(postgres: Postgres, root: Path) -> None:
    publish_marker(root, 1)
    serve(root)
    shutil.rmtree(root)
    publish_marker(root, 2)
    assert serve(root).was_loaded
    assert served_marker(postgres) == 2


def test_a_server_that_is_down_is_told_without_the_secret(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_marker(root, 1)
    monkeypatch.setenv(CONNECTION, f"postgresql://reader:{DSN_PASSWORD}@127.0.0.1:1/marts")
    with pytest.raises(PostgresPublicationError) as caught:
        serve(root)
    assert "tessera publish-postgres" in str(caught.value)
    assert "the server is up" in str(caught.value)
    assert PASSWORD not in str(caught.value)
    assert DSN_PASSWORD not in str(caught.value)
    assert caught.value.__cause__ is None
    monkeypatch.delenv(CONNECTION)
    with pytest.raises(TesseraError, match="MARTS_DSN is not set"):
        serve(root)


def test_the_asset_serves_or_warns_and_the_night_goes_on(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = "publish:\n  postgres:\n    connection: MARTS_DSN\n    schema: tessera\n"
    deployment = load_deployment(write_config(tmp_path, more=more), tmp_path / "home")
    partitions = nightly_partitions(deployment.settings)
    publish_marker(deployment.home.published, 4)

    def materialise() -> tuple[dg.ExecuteInProcessResult, dg.AssetCheckEvaluation]:
        lock = NightLockResource(path=str(tmp_path / "night.lock"))
        result = dg.materialize(
            postgres_assets(deployment, partitions), partition_key="2024-06-30", resources={"night_lock": lock}
        )
        (check,) = result.get_asset_check_evaluations()
        return result, check

    result, check = materialise()
    assert (result.success, check.passed) == (True, True)
    (event,) = result.get_asset_materialization_events()
    metadata = event.step_materialization_data.materialization.metadata
    assert (metadata["version"].value, metadata["dagster/row_count"].value) == ("v000001", 5)
    monkeypatch.setenv(CONNECTION, "postgresql://reader@127.0.0.1:1/marts")
    result, check = materialise()
    assert (result.success, check.passed, check.severity) == (True, False, dg.AssetCheckSeverity.WARN)
    assert "tessera publish-postgres" in (check.description or "")
    plain = load_deployment(write_config(tmp_path / "plain"), tmp_path / "home")
    assert postgres_assets(plain, partitions) == []


def test_the_console_repairs_and_rolls_back(
    postgres: Postgres, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    config = write_config(tmp_path, more="publish: {postgres: {connection: MARTS_DSN, keep_versions: 2}}\n")
    home = tmp_path / "home"
    for marker in (1, 2):
        publish_marker(home / "published", marker)
    publish_postgres(config, home)
    assert "PostgreSQL serves v000002 in schema tessera: 3 rows loaded" in capfd.readouterr().out
    rollback(None, config, home)
    assert "PostgreSQL serves v000001" in capfd.readouterr().out
    assert served_marker(postgres) == 1
    # Without a configuration that can be read the files go back all the same.
    publish_marker(home / "published", 3)
    rollback(None, tmp_path / "none.yml", home)
    shown = capfd.readouterr().out
    assert "Now served: v000002" in shown
    assert "Whether PostgreSQL is to follow is not known" in shown


def test_names_are_quoted_and_rights_that_are_missing_are_told(
    postgres: Postgres, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_query(root, 'select 1 as id, 2 as "select ""x"" -- %s"', name="odd'; mart")
    serve(root)
    assert postgres.execute('select "select ""x"" -- %s" from tessera."odd\'; mart"') == [(2,)]
    unknown = PostgresPublication(connection=CONNECTION, readers=["nobody; drop"])
    with pytest.raises(PostgresPublicationError, match="a role under readers does not exist"):
        serve(root, unknown)
    monkeypatch.setenv(CONNECTION, postgres.dsn("reader", DSN_PASSWORD))
    with pytest.raises(PostgresPublicationError, match="the role lacks a right"):
        serve(root, PostgresPublication(connection=CONNECTION, schema="elsewhere"))
