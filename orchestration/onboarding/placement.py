"""Where the files of a drafted source go, and putting them there.

Belongs here: paths, adding to a source's lists of models and tests, and never writing over anything. Does not belong
here: the texts.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from data_contracts.contract import SUFFIX, Contract
from orchestration.onboarding.errors import OnboardingError

_INBOUND = Path("data_contracts") / "inbound"
_STAGING = Path("dbt_project") / "models" / "staging"


@dataclass(frozen=True)
class Placement:
    """Files to write below a project.

    Attributes:
        project: The checkout.
        new: Texts of files that must not exist yet, by their paths below the project.
        changed: Texts of files that get something added to them, or are generated, likewise.
    """

    project: Path
    new: dict[Path, str]
    changed: dict[Path, str]

    def write(self) -> None:
        """Write them all, or none.

        Raises:
            OnboardingError: When one of them cannot be written, or is there by now.
        """
        before = {path: (self.project / path).read_text(encoding="utf-8") for path in self.changed}
        written: list[Path] = []
        try:
            for path, text in self.new.items():
                (self.project / path).parent.mkdir(parents=True, exist_ok=True)
                with (self.project / path).open("x", encoding="utf-8") as file:
                    written.append(path)
                    file.write(text)
            for path, text in self.changed.items():
                (self.project / path).write_text(text, encoding="utf-8")
        except OSError as error:
            for path in written:
                (self.project / path).unlink()
            for path, text in before.items():
                (self.project / path).write_text(text, encoding="utf-8")
            raise OnboardingError(
                f"{self.project}: the draft could not be written",
                expected="a project that can be written to",
                found=str(error),
                fix="mend that, or write to a copy with --project; nothing was changed",
            ) from error


def check_free(project: Path, name: str) -> None:
    """Refuse a name under which something exists already.

    Raises:
        OnboardingError: Names the files.
    """
    existing = [path for path in (_contract_path(name), _model_path(name)) if (project / path).exists()]
    if existing:
        raise OnboardingError(
            f"{name} exists already",
            expected="a name that no contract and no staging model has",
            found=", ".join(map(str, existing)),
            fix="choose another name, or remove these files first; nothing was changed",
        )


def placement(
    project: Path,
    contract: Contract,
    *,
    contract_text: str,
    model: str,
    description: str,
    unit_test: str,
    sources: str,
) -> Placement:
    """Say which file gets which text.

    Args:
        project: The checkout.
        contract: The drafted contract.
        contract_text: Its text.
        model: Text of the staging model.
        description: What the model gives, ending with its grain.
        unit_test: An entry for the list of unit tests.
        sources: The generated file of the source's tables.

    Raises:
        OnboardingError: When a list of the source cannot be added to.
    """
    source = contract.source or ""
    folder = _STAGING / source
    described = "\n".join(textwrap.wrap(description, 118, initial_indent=" " * 6, subsequent_indent=" " * 6))
    entry = f"  - name: stg_{contract.name}\n    description: >-\n{described}\n"
    new = {_contract_path(contract.name): contract_text, _model_path(contract.name): model}
    changed: dict[Path, str] = {}
    lists = (
        (folder / f"_{source}__models.yml", "models", entry),
        (folder / f"_{source}__unit_tests.yml", "unit_tests", unit_test),
    )
    for path, key, text in lists:
        if (project / path).exists():
            changed[path] = _added(project, path, key, text)
        else:
            new[path] = f"version: 2\n\n{key}:\n{text}"
    generated = folder / f"_{source}__sources.yml"
    (changed if (project / generated).exists() else new)[generated] = sources
    return Placement(project, new, changed)


def _added(project: Path, path: Path, key: str, entry: str) -> str:
    """A file's text with an entry more at the end of its list; everything that was there stays as it is."""
    text = (project / path).read_text(encoding="utf-8")
    longer = f"{text.rstrip()}\n\n{entry}"
    before, after = _parsed(text), _parsed(longer)
    (added,) = yaml.safe_load(entry)
    if not before or not after or {**before, key: [*(before.get(key) or []), added]} != after:
        raise OnboardingError(
            f"{path}: the draft's entry cannot be added to it",
            expected=f"a file whose last list is {key}",
            found="another layout",
            fix=f"move {key} to the end of the file, or choose another source name",
        )
    return longer


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError:
        return None
    return content if isinstance(content, dict) else None


def _contract_path(name: str) -> Path:
    return _INBOUND / f"{name}{SUFFIX}"


def _model_path(name: str) -> Path:
    return _STAGING / name.partition("__")[0] / f"stg_{name}.sql"
