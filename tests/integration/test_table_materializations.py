"""A table is the new one as a whole or the one before, also where it is computed for some customers at a time."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.repository import DBT_PROJECT

CUSTOMERS, BATCH, ROWS_PER_CUSTOMER = 1000, 500, 3
PROJECT = {
    "name": "parts",
    "version": "1.0",
    "profile": "parts",
    "vars": {"history_batch_customers": BATCH, "history_code": "test"},
    "on-run-start": ["create schema if not exists as_of_notes"],
}
PROFILE = {"parts": {"target": "test", "outputs": {"test": {"type": "duckdb", "path": "parts.duckdb"}}}}
INPUTS = f"""
    select * from (values (date '2024-01-31', 1, 300), (date '2024-02-29', 2, {CUSTOMERS}))
        as inputs (input_date, inputs_hash, customers_count)
"""
# Two imports, as models have them: each must be cut into the same parts.
PARTED = f"""
    {{{{ config(materialized='customer_parts', meta={{'rows_per_customer': {ROWS_PER_CUSTOMER}}}) }}}}
    with customers as (
        select 'c_' || n as customer_id, n from range({CUSTOMERS}) as numbers (n) where {{{{ customers_of_part() }}}}
    ), spending as (
        select 'c_' || n as customer_id, 2 * n as amount from range({CUSTOMERS}) as numbers (n)
        where {{{{ customers_of_part() }}}}
    )
    select customer_id, n, amount, '{{{{ customers_part_mark() }}}}' as part
    from customers inner join spending using (customer_id)
"""
# The first of two dates fits into a batch, the second does not.
KEPT = f"""
    {{{{ config(materialized='as_of_history') }}}}
    select 'c_' || n as customer_id, '{{{{ customers_part_mark() }}}}' as part, as_of_date
    from range({CUSTOMERS}) as numbers (n), (values (date '2024-01-31'), (date '2024-02-29')) as dates (as_of_date)
    where (n < 300 or as_of_date > '2024-01-31') and {{{{ computed_now() }}}} and {{{{ customers_of_part() }}}}
"""
# A table with a contract and one without, and what was a view before it became a table.
PLAIN = "{{ config(materialized='table') }} select n from range(3) as numbers (n)"
VIEW = PLAIN.replace("table", "view")
CONTRACT = """
models:
  - name: promised
    config: {contract: {enforced: true}}
    columns:
      - {name: n, data_type: bigint, constraints: [{type: not_null}]}
"""


def write_project(folder: Path, inputs: str) -> Path:
    """A dbt project of the materializations, a model by each, and what they ask for the number of customers."""
    for name in ("macros", "models"):
        (folder / name).mkdir()
    for macro in ("table", "view", "customer_parts", "computed_now", "as_of_history", "keep_history"):
        shutil.copy(DBT_PROJECT / "macros" / f"{macro}.sql", folder / "macros")
    (folder / "dbt_project.yml").write_text(json.dumps(PROJECT))
    (folder / "profiles.yml").write_text(json.dumps(PROFILE))
    (folder / "models" / "int_as_of__inputs.sql").write_text(inputs)
    (folder / "models" / "parted.sql").write_text(PARTED)
    (folder / "models" / "kept.sql").write_text(KEPT)
    (folder / "models" / "plain.sql").write_text(PLAIN)
    (folder / "models" / "promised.sql").write_text(PLAIN)
    (folder / "models" / "promised.yml").write_text(CONTRACT)
    (folder / "models" / "seen.sql").write_text(VIEW)
    (folder / "models" / "looked_at.sql").write_text(PLAIN)
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project after its first run."""
    project = write_project(tmp_path_factory.mktemp("parts"), INPUTS)
    assert run(project) == 0
    return project


def run(project: Path) -> int:
    environment = os.environ | {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    dbt = Path(sys.executable).with_name("dbt")
    return subprocess.run([dbt, "run", "--profiles-dir", "."], cwd=project, env=environment, check=False).returncode


def counted(project: Path) -> tuple[int, ...]:
    """Rows, customers, parts, the customers of the largest part, and the sum of what was joined."""
    with duckdb.connect(str(project / "parts.duckdb"), read_only=True) as con:
        return (
            con.execute(
                "select count(*), count(distinct customer_id), count(distinct part), "
                "max(number_of_part), sum(amount) "
                "from (select *, count(*) over (partition by part) as number_of_part from parted)"
            ).fetchone()
            or ()
        )


def plain_tables(project: Path) -> dict[str, tuple[str, int]]:
    """What they are, and the sum of their numbers."""
    with duckdb.connect(str(project / "parts.duckdb"), read_only=True) as con:
        kinds = dict(
            con.execute(
                "select table_name, table_type from information_schema.tables where table_schema = 'main'"
            ).fetchall()
        )
        return {
            name: (kinds[name], (con.execute(f"select sum(n) from {name}").fetchone() or (0,))[0])
            for name in ("looked_at", "plain", "promised", "seen")
        }


def test_everybody_is_in_one_of_as_many_parts_as_it_takes(built: Path) -> None:
    rows, customers, parts, largest, amount = counted(built)
    assert (rows, customers, amount) == (CUSTOMERS, CUSTOMERS, CUSTOMERS * (CUSTOMERS - 1))
    assert parts == CUSTOMERS * ROWS_PER_CUSTOMER / BATCH
    assert largest < 1.5 * CUSTOMERS / parts


def test_a_few_customers_are_one_part(tmp_path: Path) -> None:
    project = write_project(tmp_path, INPUTS.replace(str(CUSTOMERS), "4").replace("300", "3"))
    assert run(project) == 0
    assert counted(project)[:3] == (CUSTOMERS, CUSTOMERS, 1)


def test_a_date_with_more_customers_than_a_batch_is_kept_in_parts(built: Path) -> None:
    with duckdb.connect(str(built / "parts.duckdb"), read_only=True) as con:
        dates = con.execute(
            "select count(*), count(distinct customer_id), count(distinct part) from kept "
            "group by as_of_date order by all"
        ).fetchall()
    assert dates == [(300, 300, 1), (CUSTOMERS, CUSTOMERS, CUSTOMERS / BATCH)]


def test_another_sql_is_noticed_behind_the_nearest_kept_models(tmp_path: Path) -> None:
    project = write_project(tmp_path, INPUTS)
    kept = """
        {{{{ config(materialized='as_of_history') }}}} select * from {{{{ ref('{}') }}}} where {{{{ computed_now() }}}}
    """
    (project / "models" / "middle.sql").write_text(kept.format("kept"))
    (project / "models" / "between.sql").write_text(
        "{{ config(materialized='view') }} select * from {{ ref('middle') }}"
    )
    (project / "models" / "last.sql").write_text(kept.format("between"))

    def computed_by() -> list[tuple[str]]:
        assert run(project) == 0
        with duckdb.connect(str(project / "parts.duckdb"), read_only=True) as con:
            return con.execute("select computed_by from as_of_notes.last order by input_date").fetchall()

    first = computed_by()
    assert len(first) == 2
    assert computed_by() == first
    (project / "models" / "kept.sql").write_text(KEPT.replace("'c_'", "'k_'"))
    assert not set(computed_by()) & set(first)


def test_a_table_is_replaced_as_a_whole_or_not_at_all(built: Path) -> None:
    before = counted(built)
    table, view = ("BASE TABLE", 3), ("VIEW", 3)
    assert plain_tables(built) == {"looked_at": table, "plain": table, "promised": table, "seen": view}
    (built / "models" / "plain.sql").write_text(PLAIN.replace("range(3)", "range(5)"))
    (built / "models" / "looked_at.sql").write_text(VIEW)
    (built / "models" / "seen.sql").write_text(PLAIN)
    assert run(built) == 0
    assert counted(built) == before
    plain = plain_tables(built)
    assert plain == {"looked_at": view, "plain": ("BASE TABLE", 10), "promised": table, "seen": table}
    # No number may be missing where that is promised, a 2 ends the other tables, and a view needs its columns.
    (built / "models" / "looked_at.sql").write_text(VIEW.replace("select n", "select other as n"))
    (built / "models" / "promised.sql").write_text(PLAIN.replace("select n", "select if(n = 2, null, n) as n"))
    for name in ("plain", "seen"):
        ended = PLAIN.replace("select n", "select if(n = 2, error('no')::bigint, n) as n")
        (built / "models" / f"{name}.sql").write_text(ended)
    # The last part cannot be computed.
    broken = PARTED.replace(
        "'{{ customers_part_mark() }}' as part", "if('{{ customers_part_mark() }}' = '5', error('no'), '') as part"
    )
    assert broken != PARTED
    (built / "models" / "parted.sql").write_text(broken)
    assert run(built) != 0
    assert counted(built) == before
    assert plain_tables(built) == plain
