"""Which version is served, changed by a person.

Belongs here: the function for console and job, without what is slow to import: who rolls back is in a hurry. Does not
belong here: the pointer and the hashes (``publishing.version_store``).
"""

from __future__ import annotations

from orchestration.configuration.deployment import Deployment
from orchestration.home import Home
from orchestration.night_lock import night_lock
from orchestration.publishing.version_store import Version, VersionStore


def roll_back(home: Home, version: str | None, *, owner: str) -> Version:
    """Serve an earlier version again.

    Args:
        home: Whose versions.
        version: Its name; None for the one before the served.
        owner: Who does it, for a run that finds the home at work.

    Returns:
        The version now served.

    Raises:
        TesseraError: There is none to go back to, its files are not as published, or a night is at work: it would
            publish over what is rolled back, or compare itself with a version that is not served any more.
    """
    with night_lock(home.night_lock, owner=owner):
        return VersionStore(home.published).rollback(version)


def follow_in_postgres(deployment: Deployment) -> str:
    """Have PostgreSQL serve the version that the files do, where it is configured.

    Returns:
        What it serves, in words.

    Raises:
        TesseraError: It still serves the other version.
    """
    # Imported here because a rollback of the files should not wait for the driver.
    from orchestration.postgres_publication.serving import serve_in_postgres

    settings = deployment.settings.publish.postgres
    if settings is None:
        return "not configured"
    served = serve_in_postgres(VersionStore(deployment.home.published), settings)
    how = f"{sum(served.rows.values()):,} rows loaded" if served.was_loaded else "its rows were there"
    return f"{served.version} in schema {settings.schema_name}: {how}, {served.seconds} s"
