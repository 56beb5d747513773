"""The manifest of a version: what it holds, and the proof that it still does.

Belongs here: the shape of manifest.json, writing and reading it, recomputing hashes. Does not belong here:
writing marts, deciding which version is served.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from orchestration.errors import TesseraError

MANIFEST_NAME = "manifest.json"
FORMAT_VERSION = 1
_CHUNK_BYTES = 1 << 20


class VersionDamagedError(TesseraError):
    """A published version whose files are not those that were published."""


@dataclass(frozen=True, kw_only=True)
class MartColumn:
    """One column of a published mart: name, DuckDB type, description."""

    name: str
    type: str
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class MartEntry:
    """One published mart: rows, columns in order, sort keys, description."""

    rows: int
    columns: tuple[MartColumn, ...]
    sort_keys: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class FileEntry:
    """Size in bytes and SHA-256 (hex) of one published file."""

    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """Everything a version says about itself.

    Attributes:
        version: Name of the version, such as ``v000042``.
        as_of_date: The night's date.
        published_at: When it was built, time zone aware.
        run_id: The run that built it.
        tessera_version: Version of the code.
        files: Relative path (with ``/``) to size and hash, without the manifest itself.
        marts: Mart name to its rows and columns.
        checks: Summary of the checks that let it pass, plain JSON types.
        models: What the models say of themselves, plain JSON types.
    """

    version: str
    as_of_date: date
    published_at: datetime
    run_id: str
    tessera_version: str
    files: Mapping[str, FileEntry]
    marts: Mapping[str, MartEntry]
    checks: Mapping[str, Any] = field(default_factory=dict)
    models: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the document, keys sorted, so that equal manifests are equal bytes."""
        document = {
            "format_version": FORMAT_VERSION,
            "version": self.version,
            "as_of_date": self.as_of_date.isoformat(),
            "published_at": self.published_at.isoformat(),
            "run_id": self.run_id,
            "tessera_version": self.tessera_version,
            "files": {name: asdict(entry) for name, entry in self.files.items()},
            "marts": {name: asdict(entry) for name, entry in self.marts.items()},
            "checks": dict(self.checks),
            "models": dict(self.models),
        }
        return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


@dataclass(frozen=True, kw_only=True)
class FileDifference:
    """One file that is not as published.

    Attributes:
        file: Relative path, or ``manifest.json``.
        problem: ``missing``, ``changed``, ``unexpected`` or ``unreadable``.
        expected: Size and hash of the manifest.
        found: Size and hash on disk.
    """

    file: str
    problem: str
    expected: str
    found: str


def hashed_files(folder: Path) -> dict[str, FileEntry]:
    """Return size and SHA-256 of every file below ``folder`` except the manifest, by relative path."""
    entries = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != MANIFEST_NAME:
            digest = hashlib.sha256()
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK_BYTES):
                    digest.update(chunk)
            entries[name] = FileEntry(bytes=path.stat().st_size, sha256=digest.hexdigest())
    return entries


def read_manifest(version_dir: Path) -> Manifest:
    """Read the manifest of a version.

    Args:
        version_dir: Folder of the version.

    Raises:
        VersionDamagedError: The manifest is missing, not JSON, or of another format.
    """
    path = version_dir / MANIFEST_NAME
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format_version"] != FORMAT_VERSION:
            raise ValueError(f"format_version {document['format_version']!r}")
        return Manifest(
            version=document["version"],
            as_of_date=date.fromisoformat(document["as_of_date"]),
            published_at=datetime.fromisoformat(document["published_at"]),
            run_id=document["run_id"],
            tessera_version=document["tessera_version"],
            files={name: FileEntry(**entry) for name, entry in document["files"].items()},
            marts={
                name: MartEntry(
                    rows=entry["rows"],
                    columns=tuple(MartColumn(**column) for column in entry["columns"]),
                    sort_keys=tuple(entry["sort_keys"]),
                    description=entry["description"],
                )
                for name, entry in document["marts"].items()
            },
            checks=document["checks"],
            models=document["models"],
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise VersionDamagedError(
            f"{version_dir.name}/{MANIFEST_NAME}: the manifest cannot be read",
            expected=f"the JSON document of format_version {FORMAT_VERSION} written when it was published",
            found=f"{type(error).__name__}: {error}",
            fix="roll back to another version, then publish again",
        ) from error


def verify(version_dir: Path) -> tuple[FileDifference, ...]:
    """Recompute every hash of a version and name what differs.

    Args:
        version_dir: Folder of the version.

    Returns:
        The differences, by file; empty when the version is as published.
    """
    try:
        expected = read_manifest(version_dir).files
    except VersionDamagedError as error:
        return (FileDifference(file=MANIFEST_NAME, problem="unreadable", expected="a manifest", found=error.found),)
    found = hashed_files(version_dir)

    def shown(entry: FileEntry | None) -> str:
        return "no file" if entry is None else f"{entry.bytes} bytes, sha256 {entry.sha256}"

    return tuple(
        FileDifference(
            file=name,
            problem="missing" if name not in found else "unexpected" if name not in expected else "changed",
            expected=shown(expected.get(name)),
            found=shown(found.get(name)),
        )
        for name in sorted({*expected, *found})
        if expected.get(name) != found.get(name)
    )


def require_intact(version_dir: Path) -> None:
    """Raise ``VersionDamagedError``, naming every file, unless ``verify`` finds nothing."""
    differences = verify(version_dir)
    if differences:
        raise VersionDamagedError(
            f"{version_dir.name}: {len(differences)} file(s) are not as published",
            expected="the sizes and hashes of its manifest",
            found="; ".join(f"{item.file} {item.problem} ({item.found})" for item in differences),
            fix="serve another version (rollback), then publish again",
        )
