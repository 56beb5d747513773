"""How good matching is: as far as it can tell itself, and against the truth where somebody knows it.

Belongs here: estimates of precision and recall, and the figures of a clustering. Does not belong here: matching.

What the model says of itself: precision is the mean probability of the pairs it linked. Recall comes from comparing two
ways of finding the same people, as a census is checked by a second count (Chapman 1951): of the pairs that an e-mail
address or number links, how many names and addresses alone would have found, and the other way round. It holds as far
as the two ways are independent.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from orchestration.identity.candidates import find_keys
from orchestration.identity.person_model import score

SAMPLE_PAIRS = 20_000
# From fewer pairs nothing is estimated.
MIN_PAIRS = 50


@dataclass(frozen=True)
class ClusteringFigures:
    """Figures of a clustering against the truth, all from 0 to 1 except the counts.

    Attributes:
        records: How many records were compared.
        precision, recall, f1: Of pairs of records: of those put together, how many belong together, and the other way.
        b3_precision, b3_recall, b3_f1: Of records (Bagga and Baldwin 1998): of those in a record's cluster, how many
            are the same person's, and the other way, averaged over the records.
    """

    records: int
    precision: float
    recall: float
    f1: float
    b3_precision: float
    b3_recall: float
    b3_f1: float


def compare_clusterings(found: Sequence[Hashable], truth: Sequence[Hashable]) -> ClusteringFigures:
    """Hold a clustering against the truth.

    Args:
        found: The cluster of every record.
        truth: The person of every record, in the same order.
    """
    frame = pd.DataFrame(
        {"found": pd.factorize(np.array(found, object))[0], "truth": pd.factorize(np.array(truth, object))[0]}
    )
    cells = frame.value_counts().reset_index(name="both")
    cells["in_cluster"] = cells["found"].map(frame["found"].value_counts())
    cells["of_person"] = cells["truth"].map(frame["truth"].value_counts())
    both = cells["both"].to_numpy(float)
    right = float((both * (both - 1)).sum())
    linked = _pairs(frame["found"])
    true = _pairs(frame["truth"])
    precision, recall = _ratio(right, linked), _ratio(right, true)
    b3_precision = _ratio(float((both * both / cells["in_cluster"]).sum()), len(frame))
    b3_recall = _ratio(float((both * both / cells["of_person"]).sum()), len(frame))
    return ClusteringFigures(
        records=len(frame),
        precision=precision,
        recall=recall,
        f1=_harmonic(precision, recall),
        b3_precision=b3_precision,
        b3_recall=b3_recall,
        b3_f1=_harmonic(b3_precision, b3_recall),
    )


def _pairs(labels: pd.Series) -> float:
    sizes = labels.value_counts().to_numpy(float)
    return float((sizes * (sizes - 1)).sum())


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 1.0


def _harmonic(a: float, b: float) -> float:
    return 2 * a * b / (a + b) if a + b else 0.0


@dataclass(frozen=True)
class Estimates:
    """What matching says of itself; None where there are too few pairs to say.

    Attributes:
        precision: Mean probability of the linked pairs.
        recall: Of all pairs that are one person, the share that identifiers or the model find.
        by_identifiers, by_model: The share that each finds alone.
        silver: Shares of the steps of every comparison among pairs that an identifier links, by comparison and step.
    """

    precision: float | None
    recall: float | None
    by_identifiers: float | None
    by_model: float | None
    silver: dict[str, dict[str, float]]


def estimate(connection: duckdb.DuckDBPyConnection, model: dict[str, Any], *, threshold: float) -> Estimates:
    """Estimate from ``identifier_links``, ``scores``, ``people`` and the term frequencies.

    Args:
        connection: The connection.
        model: The model that scored.
        threshold: Probability (0-1) from which a pair is linked.
    """
    ((accepted, precision),) = connection.execute(
        "select count(*), avg(probability) from scores where probability >= ? and not is_vetoed", [threshold]
    ).fetchall()
    connection.execute(
        f"""
        create or replace table silver_pairs as
        select l, r
        from (select distinct l, r from identifier_links where kind in ('email', 'phone'))
        where l in (select n from people) and r in (select n from people)
        order by hash(l, r)
        limit {SAMPLE_PAIRS}
        """
    )
    ((silver_total,),) = connection.execute(
        "select count(*) from (select distinct l, r from identifier_links where kind in ('email', 'phone'))"
        " where l in (select n from people) and r in (select n from people)"
    ).fetchall()
    detail = score(connection, model, "silver_pairs", in_detail=True).fetchdf()
    precision = float(precision) if accepted >= MIN_PAIRS else None
    if len(detail) < MIN_PAIRS:
        return Estimates(precision, None, None, None, {})
    silver = {
        name.removeprefix("gamma_"): {
            str(step): float(share)
            for step, share in detail.loc[detail[name] >= 0, name].value_counts(normalize=True).sort_index().items()
        }
        for name in detail.columns
        if name.startswith("gamma_")
    }
    # How likely the pair would be without what linked it.
    odds = detail["match_weight"] - detail["mw_email"] - detail["mw_phone"]
    likely = odds >= np.log2(threshold / (1 - threshold))
    by_model = float((likely & _share_a_key(connection, detail)).mean())
    both = by_model * silver_total
    by_identifiers = _ratio(both + 1, both + accepted + 1)
    return Estimates(precision, 1 - (1 - by_identifiers) * (1 - by_model), by_identifiers, by_model, silver)


def _share_a_key(connection: duckdb.DuckDBPyConnection, detail: pd.DataFrame) -> np.ndarray:
    find_keys(
        connection,
        "select * from profiles where n in (select l from silver_pairs union select r from silver_pairs)",
        without=("mailbox, given name",),
    )
    connection.execute(
        """
        create or replace table silver_found as
        select distinct silver_pairs.l, silver_pairs.r
        from silver_pairs
        inner join keys as left_keys on silver_pairs.l = left_keys.n
        inner join keys as right_keys on silver_pairs.r = right_keys.n and left_keys.key = right_keys.key
        """
    )
    found = set(connection.execute("select l, r from silver_found").fetchall())
    return np.array([(min(pair), max(pair)) in found for pair in zip(detail["n_l"], detail["n_r"], strict=True)])
