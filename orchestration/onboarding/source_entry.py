"""The entry of a drafted source in ``tessera.yml``.

Belongs here: its text, with the reading options that the file needs. Does not belong here: what entries may say
(configuration).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from orchestration.ingestion.file_options import FileOptions
from orchestration.onboarding.profile import FileProfile
from orchestration.onboarding.yaml_text import scalar


def reading_options(profile: FileProfile, *, time_zone: str | None, encoding: str) -> FileOptions:
    """The options with which the whole file is read.

    Args:
        profile: What was found.
        time_zone: Zone of times without an offset, where it is known.
        encoding: Encoding of the file itself, of which the sample may be a copy in UTF-8.
    """
    return replace(
        profile.sample.form.options,
        encoding=encoding,
        decimal=profile.notation.decimal,
        thousands=profile.notation.thousands,
        time_zone=time_zone or profile.sample.form.options.time_zone,
    )


def entry_text(contract: str, file: Path, profile: FileProfile, options: FileOptions, *, time_zone: str | None) -> str:
    """The entry, to be pasted under ``sources:``.

    Args:
        contract: The contract's name.
        file: The file, as the user named it.
        profile: What was found in it.
        options: How it is read.
        time_zone: Zone of times without an offset, where the user has told it.
    """
    lines = [
        f"  - contract: {contract}",
        f"    files: [{scalar(str(file.resolve()))}]  # a pattern such as {_pattern(file)} takes all",
    ]
    plain = FileOptions()
    for name in ("format", "delimiter", "encoding", "sheet", "decimal", "thousands"):
        value = getattr(options, name)
        if value != getattr(plain, name) and value is not None:
            shown = '"\\t"' if value == "\t" else f'"{value}"' if len(str(value)) == 1 else scalar(value)
            lines.append(f"    {name}: {shown}")
    if time_zone is not None:
        lines.append(f"    time_zone: {time_zone}")
    elif any(column.type.physical == "timestamptz" for column in profile.columns):
        lines.append("    # time_zone: UTC  # of times without an offset; the company's unless declared")
    return "\n".join(lines) + "\n"


def _pattern(file: Path) -> str:
    suffixes = "".join(file.suffixes[-2:]) if file.name.lower().endswith(".gz") else file.suffix
    stem = file.name.removesuffix(suffixes).rstrip("0123456789-_. ")
    return f"{stem or file.name[:1]}*{suffixes}"
