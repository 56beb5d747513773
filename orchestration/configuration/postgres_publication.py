"""The section ``publish.postgres`` of ``tessera.yml``.

Belongs here: what a deployment may say about serving its marts from PostgreSQL, and the defaults. Does not belong
here: how they get there (``postgres_publication``).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from orchestration.configuration.setting_types import Section
from orchestration.configuration.source_settings import VariableName

# Short enough that names made from it stay below the 63 bytes of PostgreSQL; no capitals, so that nobody has to quote.
_PLAIN = r"^[a-z_][a-z0-9_]{0,49}$"


class PostgresPublication(Section):
    """Where the served version is to be found in PostgreSQL as well.

    Attributes:
        connection: Environment variable that holds the connection string.
        schema_name: Schema of the views that people read, ``schema`` in the file.
        keep_versions: Versions whose rows stay in the database, the served one among them.
        readers: Roles that may read the views, and nothing else of it.
        timeout_minutes: The longest a single statement may take.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, validate_by_name=True)

    connection: VariableName
    schema_name: Annotated[str, Field(pattern=_PLAIN)] = Field(default="tessera", alias="schema")
    keep_versions: int = Field(default=3, ge=1, le=30)
    readers: list[Annotated[str, Field(min_length=1, max_length=63)]] = Field(default_factory=list)
    timeout_minutes: float = Field(default=10, gt=0)
