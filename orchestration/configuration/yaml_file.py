"""YAML files that remember on which line each value stands.

Belongs here: parsing and finding lines. Does not belong here: what the values mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from orchestration.errors import TesseraError


@dataclass(frozen=True)
class YamlFile:
    """A parsed YAML file and the node tree that knows its lines."""

    path: Path
    content: Any
    _root: yaml.Node | None

    def line_of(self, location: Sequence[str | int]) -> int:
        """Return the line (from 1) of the deepest part of ``location`` that exists in the file."""
        node, line = self._root, 1
        for step in location:
            if isinstance(node, yaml.MappingNode):
                # What is merged into a mapping stands first, and what the mapping says itself counts.
                for key, value in reversed(node.value):
                    if key.value == str(step):
                        node, line = value, key.start_mark.line + 1
                        break
                else:
                    return line
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line + 1
            else:
                return line
        return line


class _Loader(yaml.SafeLoader):
    """Refuses what the safe loader lets pass or dies of: a repeated key, and a date such as 2024-02-30."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep=deep)
        except ValueError as error:
            problem = f"{getattr(node, 'value', '')!r} cannot be read: {error}"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark) from error

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        known = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge" and key.value in known:
                problem = f"the key {key.value!r} stands there twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            known.add(key.value if isinstance(key, yaml.ScalarNode) else id(key))
        return node


def read_yaml_file(path: Path) -> YamlFile:
    """Parse a YAML file.

    Raises:
        TesseraError: The file cannot be read, is not UTF-8, or is not YAML; says where.
    """
    try:
        text = path.read_text(encoding="utf-8")
        loader = _Loader(text)
        root = loader.get_single_node()
        content = loader.construct_document(root) if root is not None else None
        return YamlFile(path=path, content=content, _root=root)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise TesseraError(
            f"{path}:{place} is not valid YAML",
            expected="YAML: keys and values with consistent indentation",
            found=str(getattr(error, "problem", error)),
            fix="correct that line",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise TesseraError(
            f"{path} cannot be read",
            expected="a readable UTF-8 text file",
            found=str(error),
            fix="check the path and the file's encoding",
        ) from error
