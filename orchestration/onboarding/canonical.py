"""The canonical entities of a project: which columns staging models may give, by these names and types.

Belongs here: reading them from the models that union them, which is their one home. Does not belong here: which of a
file's columns they are (mapping.py).
"""

from __future__ import annotations

import re
from pathlib import Path

from orchestration.onboarding.errors import OnboardingError

_UNION = re.compile(r"union_staging\(\s*'(?P<entity>\w+)',\s*\[(?P<columns>.*?)\]\s*\)", re.DOTALL)
_COLUMN = re.compile(r"'name':\s*'(\w+)',\s*'type':\s*'([^']+)'")


def canonical_columns(project: Path) -> dict[str, dict[str, str]]:
    """Column names and DuckDB types of every entity, in their order.

    Raises:
        OnboardingError: When the folder is no project with a canonical layer.
    """
    found = {}
    for path in sorted((project / "dbt_project" / "models" / "canonical").glob("int_canonical__*.sql")):
        union = _UNION.search(path.read_text(encoding="utf-8"))
        if union is not None:
            found[union["entity"]] = dict(_COLUMN.findall(union["columns"]))
    if not found:
        raise OnboardingError(
            f"{project} is not a project",
            expected="a checkout with data_contracts and dbt_project/models/canonical",
            found="no canonical model",
            fix="name the checkout with --project",
        )
    return found
