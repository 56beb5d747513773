"""One number for everything that decides a past date's features and segments, besides the events themselves.

Belongs here: what goes into it. Does not belong here: what is computed anew when it changes (``as_of_history`` in the
dbt project).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from orchestration.repository import DBT_PROJECT

_FOLDERS = ("macros", "seeds", "models/staging", "models/canonical", "models/identity", "models/features")


def history_code(settings: Mapping[str, Any]) -> str:
    """Return a digest of the SQL and seeds up to the features, and of the settings that they read.

    A scheme's own SQL is not in it: the materialization looks at the compiled text of each model by itself.
    """
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode())
    for folder in _FOLDERS:
        for path in sorted((DBT_PROJECT / folder).rglob("*")):
            # Of the seeds the catalogues name segments and decide none.
            if path.suffix in {".sql", ".csv"} and not path.name.endswith("_catalog.csv"):
                digest.update(path.relative_to(DBT_PROJECT).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
