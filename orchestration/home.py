"""Where everything that a deployment keeps on disk lives.

Belongs here: the layout of ``TESSERA_HOME`` and nothing else. Does not belong here: what is inside the files.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from orchestration.errors import TesseraError

HOME_VARIABLE = "TESSERA_HOME"
DEFAULT_HOME = Path(".tessera")


@dataclass(frozen=True)
class Home:
    """The folders of one deployment; only lake, identity, models, campaigns and published hold anything of value."""

    root: Path

    @classmethod
    def locate(cls, home: Path | None = None) -> Home:
        """Take the given folder, else the environment's, else ``.tessera`` in the working folder."""
        return cls(Path(home or os.environ.get(HOME_VARIABLE) or DEFAULT_HOME).resolve())

    @property
    def lake(self) -> Path:
        return self.root / "lake"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine"

    @property
    def landing(self) -> Path:
        """What was fetched from databases and APIs, until it is in the lake."""
        return self.root / "landing"

    @property
    def warehouse(self) -> Path:
        return self.root / "warehouse.duckdb"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def identity(self) -> Path:
        """Who was who: what one night's matching leaves to the next."""
        return self.root / "identity"

    @property
    def campaigns(self) -> Path:
        """Who was in each campaign when it was launched: written once, never changed."""
        return self.root / "campaigns"

    @property
    def exports(self) -> Path:
        """Files of audiences that left the house, and who asked for them; only their owner may read them."""
        return self.root / "exports"

    @property
    def published(self) -> Path:
        return self.root / "published"

    @property
    def dagster(self) -> Path:
        return self.root / "dagster"

    @property
    def dbt(self) -> Path:
        """Dbt's target and logs: a cache."""
        return self.root / "dbt"

    @property
    def ledger(self) -> Path:
        """Results of the build that is in the warehouse."""
        return self.root / "build" / "ledger.json"

    @property
    def night_lock(self) -> Path:
        """Held by the run that is at work."""
        return self.root / "night.lock"

    @property
    def validated_batches(self) -> Path:
        """Which batches of the lake have been validated: a cache."""
        return self.root / "build" / "validated_batches.json"

    @property
    def reports(self) -> Path:
        """Refusal reports, one per refused run."""
        return self.root / "reports"

    @property
    def notices(self) -> Path:
        """Which notice of which run was sent to whom."""
        return self.root / "notices" / "sent.jsonl"

    @property
    def samples(self) -> Path:
        return self.root / "samples"

    @property
    def samples_truth(self) -> Path:
        """What is true about simulated samples; nothing of a night may read it."""
        return self.root / "samples-truth"

    def create(self) -> Home:
        """Make the folders that do not exist yet.

        Raises:
            TesseraError: A file is in the way, or the place cannot be written to.
        """
        folders = (
            self.lake,
            self.quarantine,
            self.identity,
            self.models,
            self.campaigns,
            self.published,
            self.dagster,
            self.dbt,
            self.reports,
        )
        try:
            for folder in (*folders, self.ledger.parent):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise TesseraError(
                f"{self.root} cannot be used as the home",
                expected="a folder that can be made and written to",
                found=str(error),
                fix="name another folder with --home or TESSERA_HOME",
            ) from error
        return self
