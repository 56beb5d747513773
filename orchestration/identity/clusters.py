"""Clusters: which profiles are one customer, given links of every kind and what must not happen.

Belongs here: connected components, and keeping apart what may not be together. Does not belong here: finding links
(identifiers.py, scores.py), naming the clusters (customer_ids.py).

Links are put together as connected components. A component in which something impossible stands together (people of
different names, more birth dates than one person has, two records of a source that holds everybody once, records that a
person has separated, too many profiles) is built again link by link, the strongest first, and a link that would join
what may not be together is refused. A refused link is reported, never lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from orchestration.identity.name_rules import person_of

Ints = npt.NDArray[np.int32]

# How strong the kinds of links are beside each other, and beside a match, whose strength is its weight (log2 odds).
STRENGTHS = {
    "override": 1000.0,
    "reference": 900.0,
    "loyalty_number": 300.0,
    "account": 250.0,
    "email": 200.0,
    "phone": 150.0,
}
SEPARATED = "separated by a person"
LIMITED = {
    "emails": "email",
    "phones": "phone",
    "birth_dates": "birth_date",
    "loyalty_numbers": "loyalty_number",
    "accounts": "handle",
}


def components_of(size: int, left: Ints, right: Ints) -> Ints:
    """Number the connected components of a graph.

    Args:
        size: Number of nodes, which are called 0 to size - 1.
        left: One end of every link.
        right: The other end.

    Returns:
        For every node the least node of its component.
    """
    graph = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(size, size))
    count, labels = connected_components(graph, directed=False)
    least = np.full(count, size, np.int32)
    np.minimum.at(least, labels, np.arange(size, dtype=np.int32))
    return np.asarray(least[labels], np.int32)


def put_together(connection: duckdb.DuckDBPyConnection, links: str) -> None:
    """Make the table ``components`` (n, component) of ``profiles`` from a relation of links with l and r."""
    ends = connection.execute(f"select l, r from {links}").fetchnumpy()
    ((size,),) = connection.execute("select count(*) from profiles").fetchall()
    write_components(connection, components_of(size, np.asarray(ends["l"]), np.asarray(ends["r"])))


def write_components(connection: duckdb.DuckDBPyConnection, components: Ints) -> None:
    """Write the table ``components`` from the component of every profile in the order of their numbers."""
    connection.register("found", pa.table({"n": np.arange(len(components), dtype=np.int32), "component": components}))
    connection.execute("create or replace table components as from found")
    connection.unregister("found")


def keep_apart(
    connection: duckdb.DuckDBPyConnection,
    *,
    limits: Mapping[str, int],
    one_record_sources: Sequence[str],
    names_must_fit: bool,
) -> int:
    """Build components again in which something impossible stands together.

    Reads ``links`` (l, r, kind, strength), ``components`` and ``separated`` (l, r: pairs that a person has separated).
    Rewrites ``components`` and makes the table ``refused_links`` (l, r, kind, strength, reason).

    Args:
        connection: The connection.
        limits: The most values of each kind of ``LIMITED`` that one person may have, and ``profiles``.
        one_record_sources: Contracts of sources that hold every customer once.
        names_must_fit: Whether people of different names may not be one.

    Returns:
        How many components were built again.
    """
    _find_conflicts(connection, names_must_fit=names_must_fit)
    impossible = _impossible_components(connection, limits=limits, one_record_sources=one_record_sources)
    refused: list[tuple[int, int, str, float, str]] = []
    if impossible:
        connection.register("impossible", pa.table({"component": pa.array(sorted(impossible), pa.int32())}))
        refused = _rebuild(connection, limits=limits, one_record_sources=frozenset(one_record_sources))
        connection.unregister("impossible")
    _write_refused(connection, refused)
    return len(impossible)


def _find_conflicts(connection: duckdb.DuckDBPyConnection, *, names_must_fit: bool) -> None:
    """Pairs in one component that cannot be one person; a source's own reference outweighs names and birth dates.

    Makes ``personas`` (n, persona: the least profile that says the same of its person) and ``conflicts`` (l, r,
    reason), which are pairs of personas, or of the profiles that a person has separated.
    """
    connection.execute(
        """
        create or replace table personas as
        with several as (
            select components.component
            from components
            inner join profiles using (n)
            group by components.component
            having
                count(distinct profiles.given) filter (where is_full(profiles.given)) > 1
                or count(distinct profiles.birth_date) > 1
        )
        select
            profiles.n,
            min(profiles.n) over (
                partition by
                    components.component,
                    profiles.given,
                    profiles.last_name,
                    profiles.birth_date,
                    profiles.told_family,
                    profiles.customer_ref
            ) as persona
        from several
        inner join components using (component)
        inner join profiles using (n)
        where is_full(profiles.given) or profiles.birth_date is not null
        """
    )
    of_persons = f"""
        union all
        select
            l,
            r,
            case when other_names then 'different names' else 'birth dates far apart' end as reason
        from (
            select
                l.n as l,
                r.n as r,
                is_full(l.given) and is_full(r.given) and l.given <> r.given
                and names_conflict({person_of("l")}, {person_of("r")}) as other_names,
                birth_dates_conflict(l.birth_date, r.birth_date) as other_births
            from people_named as l
            inner join people_named as r on l.component = r.component and l.n < r.n
            where coalesce(l.customer_ref <> r.customer_ref, true)
        )
        where other_names or other_births
    """
    connection.execute(
        f"""
        create or replace table conflicts as
        with people_named as (
            select components.component, profiles.*
            from (select distinct persona from personas) as named
            inner join components on named.persona = components.n
            inner join profiles on named.persona = profiles.n
        )
        select separated.l, separated.r, '{SEPARATED}' as reason
        from separated
        inner join components as left_one on separated.l = left_one.n
        inner join components as right_one on separated.r = right_one.n
        where left_one.component = right_one.component
        {of_persons if names_must_fit else ""}
        """
    )


def _impossible_components(
    connection: duckdb.DuckDBPyConnection, *, limits: Mapping[str, int], one_record_sources: Sequence[str]
) -> set[int]:
    counts = " or ".join(
        f"count(distinct profiles.{column}) > {limits[kind]}" for kind, column in LIMITED.items() if kind in limits
    )
    sources = list(one_record_sources)
    rows = connection.execute(
        f"""
        select components.component
        from components
        inner join profiles using (n)
        where components.component in (select component from components group by component having count(*) > 1)
        group by components.component
        having {counts or "false"} or count(*) > {limits["profiles"]}
        union
        select components.component from conflicts inner join components on conflicts.l = components.n
        union
        select components.component
        from components
        inner join profiles using (n)
        where list_contains(?, profiles.ref_source_name)
        group by components.component, profiles.ref_source_name
        having count(distinct profiles.customer_ref) > 1
        """,
        [sources],
    ).fetchall()
    return {component for (component,) in rows}


def _rebuild(
    connection: duckdb.DuckDBPyConnection, *, limits: Mapping[str, int], one_record_sources: frozenset[str]
) -> list[tuple[int, int, str, float, str]]:
    columns = ", ".join(f"profiles.{column}" for column in LIMITED.values())
    members = connection.execute(
        f"""
        select n, personas.persona, customer_ref, ref_source_name, {columns}
        from components
        inner join impossible using (component)
        inner join profiles using (n)
        left join personas using (n)
        order by n
        """
    ).fetchall()
    links = connection.execute(
        """
        select links.l, links.r, links.kind, links.strength
        from links
        inner join components on links.l = components.n
        inner join impossible using (component)
        order by links.strength desc, links.l, links.r, links.kind
        """
    ).fetchall()
    conflicts: dict[int, dict[int, str]] = defaultdict(dict)
    for left, right, reason in connection.execute("select l, r, reason from conflicts order by all").fetchall():
        ends = (left, right) if reason == SEPARATED else (_persona(left), _persona(right))
        conflicts[ends[0]][ends[1]] = conflicts[ends[1]][ends[0]] = reason
    groups = _Groups(members, conflicts, limits=limits, one_record_sources=one_record_sources)
    refused = []
    for left, right, kind, strength in links:
        reason = groups.join(left, right, trusted=kind in ("reference", "override"))
        if reason is not None:
            refused.append((left, right, kind, strength, reason))
    found = np.array([(n, groups.root(n)) for n, *_ in members], np.int32).reshape(-1, 2)
    connection.register("rebuilt", pa.table({"n": found[:, 0], "component": found[:, 1]}))
    connection.execute(
        "create or replace table components as "
        "select n, coalesce(rebuilt.component, components.component) as component "
        "from components left join rebuilt using (n) order by n"
    )
    connection.unregister("rebuilt")
    # Links between profiles that other links have put together after all are not refused.
    return [link for link in refused if groups.root(link[0]) != groups.root(link[1])]


def _persona(n: int) -> int:
    """The mark of a persona, beside the numbers of profiles."""
    return -n - 1


class _Groups:
    """Profiles that grow together, each group with what it holds so far. A group is named by its least profile."""

    def __init__(
        self,
        members: Sequence[tuple[Any, ...]],
        conflicts: Mapping[int, Mapping[int, str]],
        *,
        limits: Mapping[str, int],
        one_record_sources: frozenset[str],
    ) -> None:
        self._conflicts = conflicts
        self._limits = {"profiles": limits["profiles"], **{kind: limits[kind] for kind in LIMITED if kind in limits}}
        self._parent: dict[int, int] = {}
        self._profiles: dict[int, set[int]] = {}
        self._marks: dict[int, set[int]] = {}
        self._values: dict[int, dict[str, set[object]]] = {}
        for node, persona, reference, source, *values in members:
            self._parent[node] = node
            self._profiles[node] = {node}
            self._marks[node] = {node} if persona is None else {node, _persona(persona)}
            self._values[node] = {
                kind: set() if value is None else {value} for kind, value in zip(LIMITED, values, strict=True)
            }
            if source in one_record_sources:
                self._values[node][f"record of {source}"] = {reference}
                self._limits[f"record of {source}"] = 1

    def root(self, node: int) -> int:
        while self._parent[node] != node:
            self._parent[node] = self._parent[self._parent[node]]
            node = self._parent[node]
        return node

    def join(self, left: int, right: int, *, trusted: bool) -> str | None:
        """Join two profiles' groups, or say why not. A trusted link is only stopped by a person's word."""
        one, other = sorted((self.root(left), self.root(right)))
        if one == other:
            return None
        reason = self._conflict(one, other, only_separated=trusted) or (None if trusted else self._excess(one, other))
        if reason is None:
            self._parent[other] = one
            self._profiles[one] |= self._profiles.pop(other)
            self._marks[one] |= self._marks.pop(other)
            for kind, values in self._values.pop(other).items():
                self._values[one].setdefault(kind, set()).update(values)
        return reason

    def _conflict(self, one: int, other: int, *, only_separated: bool) -> str | None:
        small, large = sorted((self._marks[one], self._marks[other]), key=len)
        for mark in small:
            for enemy, reason in self._conflicts.get(mark, {}).items():
                if enemy not in large:
                    continue
                if reason == SEPARATED:
                    return reason
                if not (only_separated or self._is_settled(mark, enemy, large) or self._is_settled(enemy, mark, small)):
                    return reason
        return None

    def _is_settled(self, mark: int, enemy: int, group: set[int]) -> bool:
        """Whether the group of an enemy has somebody like this one already: a person has put the two together."""
        own = self._conflicts[mark]
        return any(
            like in group and like not in own and reason != SEPARATED
            for like, reason in self._conflicts[enemy].items()
            if like != mark
        )

    def _excess(self, one: int, other: int) -> str | None:
        if len(self._profiles[one]) + len(self._profiles[other]) > self._limits["profiles"]:
            return f"more than {self._limits['profiles']} profiles"
        first, second = self._values[one], self._values[other]
        for kind in sorted({*first, *second}):
            together = first.get(kind, set()) | second.get(kind, set())
            if len(together) > max(self._limits[kind], len(first.get(kind, ())), len(second.get(kind, ()))):
                return f"more than {self._limits[kind]} {kind.replace('_', ' ') if kind in LIMITED else kind}"
        return None


def _write_refused(connection: duckdb.DuckDBPyConnection, refused: list[tuple[int, int, str, float, str]]) -> None:
    types = [("l", pa.int32()), ("r", pa.int32()), ("kind", pa.string()), ("strength", pa.float64())]
    schema = pa.schema([*types, ("reason", pa.string())])
    rows = [dict(zip(schema.names, link, strict=True)) for link in refused]
    connection.register("found", pa.Table.from_pylist(rows, schema))
    connection.execute("create or replace table refused_links as from found")
    connection.unregister("found")
