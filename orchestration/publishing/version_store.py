"""The published versions and the pointer to the one that is served.

Belongs here: numbering, building under a temporary name, the atomic swap, rollback, retention, the lock. Does
not belong here: what is inside a version (``mart_writer``, ``manifest``), whether it may be published.

    published/
      v000042/          immutable once it has this name
      current -> v000042
      .lock             taken by whoever changes something
      .last_number      the highest number ever given
      .building-*, .removing-*, .current-*   leftovers of a killed run; the next build deletes them
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from orchestration.errors import TesseraError
from orchestration.publishing.durable import sync_path, sync_tree, write_text_durably
from orchestration.publishing.manifest import (
    MANIFEST_NAME,
    VersionDamagedError,
    read_manifest,
    require_intact,
)

_NAME = re.compile(r"v(\d{6,})")
_LEFTOVERS = (".building-*", ".removing-*", ".current-*")


class NoSuchVersionError(TesseraError):
    """A version that is not there, or not complete."""


@dataclass(frozen=True, kw_only=True)
class Version:
    """One complete published version.

    Attributes:
        number: Its number; later versions have higher ones.
        name: Folder name, such as ``v000042``.
        path: The folder. Open files below this path, not below ``current``, to stay in one version.
        as_of_date: The night's date.
        published_at: When it was built.
        run_id: The run that built it.
        rows: Mart name to rows.
        is_current: Whether it is served.
    """

    number: int
    name: str
    path: Path
    as_of_date: date
    published_at: datetime
    run_id: str
    rows: Mapping[str, int]
    is_current: bool


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A version being built: the name it will have, and the temporary folder to fill."""

    number: int
    name: str
    folder: Path


def version_name(number: int) -> str:
    """Return ``v000042`` for 42."""
    return f"v{number:06d}"


class VersionStore:
    """The folder of published versions.

    Reading never takes the lock. Everything that changes the folder does, so two publishers take turns; the
    lock is freed by the system when its holder dies.

    Args:
        root: The folder; it is made by the first change.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._turn = threading.RLock()
        self._depth = 0

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the store for changes; may be nested; other processes and threads wait."""
        with self._turn:
            self._depth += 1
            try:
                if self._depth > 1:
                    yield
                    return
                self.root.mkdir(parents=True, exist_ok=True)
                with (self.root / ".lock").open("a") as file:
                    fcntl.flock(file, fcntl.LOCK_EX)
                    yield
            finally:
                self._depth -= 1

    def current_name(self) -> str | None:
        """Return the name of the version served, None before the first."""
        with suppress(FileNotFoundError):
            return (self.root / "current").readlink().name
        return None

    def versions(self) -> tuple[Version, ...]:
        """Return every complete version, the oldest first; one without a readable manifest is left out."""
        current = self.current_name()
        found = []
        for number, path in self._folders():
            with suppress(VersionDamagedError):
                manifest = read_manifest(path)
                found.append(
                    Version(
                        number=number,
                        name=path.name,
                        path=path,
                        as_of_date=manifest.as_of_date,
                        published_at=manifest.published_at,
                        run_id=manifest.run_id,
                        rows={name: mart.rows for name, mart in manifest.marts.items()},
                        is_current=path.name == current,
                    )
                )
        return tuple(found)

    def current(self) -> Version | None:
        """Return the version served, None before the first.

        Raises:
            NoSuchVersionError: The pointer names a version that is gone or damaged.
        """
        name = self.current_name()
        return None if name is None else self._complete(name)

    @contextmanager
    def build(self) -> Iterator[Draft]:
        """Make a version: fill the draft's folder, manifest last; it gets its name when the block ends.

        The version is not served until ``swap_to``. An exception inside the block deletes the draft.

        Yields:
            The draft, with the number the version will have.

        Raises:
            VersionDamagedError: The files in the draft are not those of its manifest.
        """
        with self.lock():
            self.clean()
            number = self._last_number() + 1
            folder = self.root / f".building-{uuid.uuid4().hex}"
            folder.mkdir()
            try:
                yield Draft(number=number, name=version_name(number), folder=folder)
                require_intact(folder)
                sync_tree(folder)
                write_text_durably(self.root / ".last_number", f"{number}\n")
                folder.rename(self.root / version_name(number))
                sync_path(self.root)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise

    def swap_to(self, name: str) -> Version:
        """Serve a complete version from now on: one atomic rename, the only commit point.

        Args:
            name: Name of the version.

        Returns:
            The version now served.

        Raises:
            NoSuchVersionError: There is no complete version of that name.
        """
        with self.lock():
            self._complete(name)
            temporary = self.root / f".current-{uuid.uuid4().hex}"
            # Relative, so that the folder can be moved or mounted elsewhere.
            temporary.symlink_to(name, target_is_directory=True)
            temporary.replace(self.root / "current")
            sync_path(self.root)
            return self._complete(name)

    def rollback(self, to: str | None = None) -> Version:
        """Serve an earlier version again, after checking that its files are as published.

        Args:
            to: Name of the version; default: the newest complete one older than the current.

        Returns:
            The version now served. Versions newer than it stay and keep their numbers.

        Raises:
            NoSuchVersionError: Nothing to go back to.
            VersionDamagedError: Its files are not as published.
        """
        with self.lock():
            name = to if to is not None else self._version_before_current().name
            self._complete(name)
            require_intact(self.root / name)
            return self.swap_to(name)

    def prune(self, keep: int) -> tuple[str, ...]:
        """Delete old versions, never the current one and never one of the newest ``keep``.

        Args:
            keep: Number of newest versions that stay, at least 1.

        Returns:
            Names of the deleted versions, the oldest first.
        """
        if keep < 1:
            raise TesseraError(
                "retention: the number of versions to keep is too small",
                expected="at least 1; 2 or more to be able to roll back",
                found=str(keep),
                fix="correct the number of published versions to keep in the configuration",
            )
        with self.lock():
            current = self.current_name()
            old = [path for _, path in self._folders()[:-keep] if path.name != current]
            for path in old:
                # Renamed first: a kill half way through deleting must not leave half a version by its name.
                doomed = self.root / f".removing-{path.name}-{uuid.uuid4().hex}"
                path.rename(doomed)
                shutil.rmtree(doomed)
            if old:
                sync_path(self.root)
            return tuple(path.name for path in old)

    def clean(self) -> tuple[str, ...]:
        """Delete what killed runs left behind; whoever holds the lock is the only one building.

        Returns:
            Names of the leftovers.
        """
        with self.lock():
            leftovers = sorted(path for pattern in _LEFTOVERS for path in self.root.glob(pattern))
            for path in leftovers:
                if path.is_symlink():
                    path.unlink()
                else:
                    shutil.rmtree(path)
            return tuple(path.name for path in leftovers)

    def _folders(self) -> list[tuple[int, Path]]:
        """Return number and path of every folder named like a version, by number."""
        if not self.root.is_dir():
            return []
        named = ((_NAME.fullmatch(entry.name), entry) for entry in os.scandir(self.root) if entry.is_dir())
        return sorted((int(match[1]), Path(entry.path)) for match, entry in named if match)

    def _last_number(self) -> int:
        """Return the highest number ever given, also if that version was deleted since."""
        numbers = [number for number, _ in self._folders()]
        with suppress(FileNotFoundError, ValueError):
            numbers.append(int((self.root / ".last_number").read_text(encoding="utf-8")))
        return max(numbers, default=0)

    def _complete(self, name: str) -> Version:
        for version in self.versions():
            if version.name == name:
                return version
        raise NoSuchVersionError(
            f"version {name!r} is not there, or its {MANIFEST_NAME} cannot be read",
            expected=f"one of {', '.join(version.name for version in self.versions()) or 'none so far'}",
            found="no complete version of that name",
            fix="choose a listed version, or publish a new one",
        )

    def _version_before_current(self) -> Version:
        current = self.current_name()
        match = _NAME.fullmatch(current or "")
        older = [version for version in self.versions() if match and version.number < int(match[1])]
        if not older:
            raise NoSuchVersionError(
                "rollback: there is no version to go back to",
                expected="a complete version older than the current one",
                found=f"current is {current or 'not set'}; versions: "
                f"{', '.join(version.name for version in self.versions()) or 'none'}",
                fix="keep more versions, name the version to serve, or publish a corrected one",
            )
        return older[-1]
