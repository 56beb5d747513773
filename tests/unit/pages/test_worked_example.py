"""A unit test is told as a case: a story and tables without bookkeeping."""

from __future__ import annotations

from typing import Any

from scripts.pages.worked_example import worked_example

TEST: dict[str, Any] = {
    "description": "Ann ordered\n  twice.",
    "given": [
        {"input": "ref('as_of_dates')", "format": "sql", "rows": "select date '2025-01-31' as as_of_date"},
        {
            "input": "ref('feat_customers__purchases')",
            "format": "sql",
            "rows": "select 'ann' as customer_id, 2 as order_count, cast(0.5 as decimal(4, 2)) as web_share, "
            "null as app_share, date '2025-01-31' as as_of_date",
        },
        {"input": "ref('map')", "rows": [{"score": 1, "name": "a|b"}, {"score": 2, "name": None}]},
    ],
    "expect": {
        "rows": [
            {
                "customer_id": "ann",
                "segment_code": "loyal",
                "segment_code_on_previous_boundaries": None,
                "score": 1 / 3,
                "reasons": "[...]",
            }
        ]
    },
}


def test_the_case_is_told_without_dates_reasons_and_nothing() -> None:
    assert (
        worked_example(TEST, segment_names={"loyal": "Loyal"})
        == """\
Ann ordered twice.

Given in `feat_customers__purchases`:

| column | value |
| --- | --- |
| `customer_id` | ann |
| `order_count` | 2 |
| `web_share` | 0.5 |

Given in `map`:

| `score` | `name` |
| --- | --- |
| 1 | a\\|b |
| 2 | nothing |

The scheme says:

| column | value |
| --- | --- |
| `customer_id` | ann |
| `segment_code` | Loyal (`loyal`) |
| `score` | 0.3333 |"""
    )


def test_dates_that_differ_and_boundaries_that_moved_belong_to_the_case() -> None:
    given = {"input": "ref('f')", "rows": [{"as_of_date": "2025-01-31"}, {"as_of_date": "2025-02-28"}]}
    expect = {"rows": [{"segment_code": "loyal", "segment_code_on_previous_boundaries": "new"}]}
    told = worked_example({"description": "d", "given": [given], "expect": expect}, segment_names={"new": "New"})
    assert "| 2025-02-28 |" in told
    assert "| `segment_code_on_previous_boundaries` | New (`new`) |" in told
