"""One night of matching in a process of its own, for matching.py: prints what it took as JSON.

Usage: metered_matching.py PROFILES_PARQUET STATES PREVIOUS_STATE NIGHT; the state may be empty.
"""

from __future__ import annotations

import datetime as dt
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from orchestration.configuration.identity_settings import Identity
from orchestration.identity.matching import match_persons
from orchestration.identity.measures import compare_clusterings
from orchestration.identity.state import StateStore


def main() -> None:
    """Match once and print what it took."""
    file, states, before, night = sys.argv[1], Path(sys.argv[2]), sys.argv[3], dt.date.fromisoformat(sys.argv[4])
    rules = Identity()
    store = StateStore(states)
    state = store.load(before) if before else None
    imports = time.process_time()
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        connection.execute(
            "set enable_progress_bar = false; set threads = 2; set memory_limit = '1GB'; "
            f"set temp_directory = '{folder}'"
        )
        store.open(connection, state)
        connection.execute(f"create table taken as select * exclude (person) from read_parquet('{file}')")
        matched, about = match_persons(
            connection, "taken", rules=rules, overrides=[], night=night,
            about=state.about if state else None,
        )  # fmt: skip
        for name in ("members", "customers"):
            connection.execute(f"create table state_company_{name} as from previous_company_{name}")
        kept = store.keep(connection, about)
        usage = resource.getrusage(resource.RUSAGE_SELF)
        spent = {
            "state": kept,
            "cpu": usage.ru_utime + usage.ru_stime,
            "imports": imports,
            "memory": usage.ru_maxrss * 1024,
            "candidates": matched.candidates,
            "customers": matched.customers,
            "linked": matched.linked,
            "seconds": matched.seconds,
        }
        began = time.process_time()
        found = connection.sql(
            f"""
            select profile_id, customer_id, person
            from members inner join read_parquet('{file}') using (profile_id) where valid_to is null order by profile_id
            """
        ).df()
        figures = compare_clusterings(found["customer_id"], found["person"])
        found.to_parquet(states / f"{kept}.map.parquet")
        spent |= {"precision": figures.precision, "recall": figures.recall, "b3": figures.b3_f1}
        spent["judging"] = time.process_time() - began
    print(json.dumps(spent))


if __name__ == "__main__":
    main()
