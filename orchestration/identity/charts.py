"""The model as a picture of text: how much every step of agreement says.

Belongs here: what people see of the model. Does not belong here: its parameters (person_model.py).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

# One sign stands for a doubling or halving of the odds.
_FOR, _AGAINST = "█", "░"
_LONGEST = 20


def match_weights(model: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every step of every comparison: m, u and the weight log2(m / u)."""
    return [
        {
            "comparison": comparison["output_column_name"].replace("_", " "),
            "step": level["label_for_charts"],
            "m": level["m_probability"],
            "u": level["u_probability"],
            "weight": math.log2(level["m_probability"] / level["u_probability"]),
        }
        for comparison in model["comparisons"]
        for level in comparison["comparison_levels"]
        if not level.get("is_null_level") and level.get("m_probability") and level.get("u_probability")
    ]


def match_weight_chart(model: Mapping[str, Any]) -> str:
    """The weights as a Markdown table with bars."""
    lines = [
        "How much each step of agreement says for (█) or against (░) one person, in doublings of the odds.",
        "",
        "| comparison | step | among one person (m) | among strangers (u) | weight | |",
        "|---|---|--:|--:|--:|:--|",
    ]
    for row in match_weights(model):
        bar = (_FOR if row["weight"] > 0 else _AGAINST) * min(round(abs(row["weight"])), _LONGEST)
        lines.append(
            f"| {row['comparison']} | {row['step']} | {row['m']:.3f} | {row['u']:.2g} | {row['weight']:+.1f} | {bar} |"
        )
    return "\n".join(lines)
