"""House rules that hold for every file of the repository."""

from __future__ import annotations

import ast
import os
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

from orchestration.cli import app
from orchestration.repository import ROOT

LONGEST = 400
# A folder of somebody's machine. Written so that this file does not hold one.
PERSONAL_PATH = re.compile(r"(?<![\w.~}])/(?:home|Users|root|work|mnt)/[\w.-]|\b[A-Z]:\\Users\\")
TEXT = {".py", ".sql", ".yml", ".yaml", ".md", ".toml", ".csv", ".json", ".sh", ".lock", ".txt", ""}


def repository_files() -> list[Path]:
    """Every text file that git would take."""
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    names = [entry.rstrip("/").rsplit("/", 1)[-1] for entry in ignored] + [".git"]
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if not any(fnmatch(name, pattern) for pattern in names)]
        found += [Path(folder, name) for name in files if not any(fnmatch(name, pattern) for pattern in names)]
    return [path for path in found if path.suffix in TEXT]


FILES = repository_files()
PYTHON = [path for path in FILES if path.suffix == ".py"]
DOCUMENTS = [path for path in FILES if path.suffix == ".md"]


def below(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def code_of(markdown: str) -> str:
    """What stands in code spans and code blocks of a page, a span a line."""
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", markdown, flags=re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```.*?^```", "", markdown, flags=re.MULTILINE | re.DOTALL)
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", prose)])


def told_commands(markdown: str, command: str) -> set[str]:
    """The first words after a command wherever a page tells the reader to type it."""
    lines = [line.split("#")[0] for line in code_of(markdown).splitlines()]
    pattern = rf"(?:^|&&|;|\$)\s*(?:\S*/)?{command}(?:\s+\S+=\S+)*\s+([a-z][\w-]*)"
    return {word for line in lines for word in re.findall(pattern, line)}


def test_the_files_are_found() -> None:
    names = {below(path) for path in FILES}
    assert {"README.md", "Makefile", "orchestration/cli.py", "dbt_project/dbt_project.yml"} <= names
    assert not [name for name in names if name.startswith((".venv", ".git/"))]


def test_no_file_holds_a_path_of_somebodys_machine() -> None:
    found = [
        f"{below(path)}:{number}: {line.strip()}"
        for path in FILES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if PERSONAL_PATH.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "is_personal"),
    [
        ("open('" + "/home" + "/ada/data.csv')", True),
        ("PATH=" + "/Users" + "/ada", True),
        ("C:" + "\\Users\\ada", True),
        ("the home/models folder", False),
        ("{folder}/home/x", False),
        ("/tmp/x", False),
    ],
)
def test_a_path_of_somebodys_machine_is_recognised(text: str, is_personal: bool) -> None:
    assert bool(PERSONAL_PATH.search(text)) is is_personal


def test_no_python_file_is_too_long_to_read_at_once() -> None:
    lengths = {below(path): len(path.read_text(encoding="utf-8").splitlines()) for path in PYTHON}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_every_python_module_says_what_it_is_for() -> None:
    texts = {below(path): path.read_text(encoding="utf-8") for path in PYTHON}
    assert [name for name, text in texts.items() if text.strip() and not ast.get_docstring(ast.parse(text))] == []


class TestDocuments:
    def test_the_commands_of_a_page_are_found(self) -> None:
        page = (
            "Then make sure, and `make run` or `make bench SAMPLE=x`.\n\n```sh\n$ make test  # make nothing\n"
            "cd x && make -s\nmake SAMPLE=a render\n.venv/bin/tessera rollback v1\n```\n`tessera run`\n"
        )
        assert told_commands(page, "make") == {"run", "bench", "test", "render"}
        assert told_commands(page, "tessera") == {"rollback", "run"}

    @pytest.fixture(scope="class")
    def targets(self) -> set[str]:
        found = re.findall(r"^([a-z][\w-]*):(?!=)", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert {"run", "test", "ui", "check"} <= set(found)
        return set(found)

    @pytest.mark.parametrize("page", DOCUMENTS, ids=below)
    def test_every_make_target_and_command_that_is_told_exists(self, page: Path, targets: set[str]) -> None:
        markdown = page.read_text(encoding="utf-8")
        assert told_commands(markdown, "make") - targets == set()
        commands = {command.name or command.callback.__name__ for command in app.registered_commands}
        commands |= {str(group.name) for group in app.registered_groups}
        assert told_commands(markdown, "tessera") - commands == set()

    def test_every_make_target_is_declared_as_no_file_and_explained(self, targets: set[str]) -> None:
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        phony = set(re.search(r"^\.PHONY:(.*)$", makefile, flags=re.MULTILINE)[1].split())
        assert phony == targets
