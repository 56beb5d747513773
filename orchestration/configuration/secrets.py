"""Secrets: named in ``tessera.yml``, kept in environment variables, shown nowhere.

Belongs here: reading a secret by its name and taking its value out of any text that leaves the process. Does not
belong here: what a secret is used for.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from orchestration.errors import TesseraError

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
HIDDEN = "***"


@dataclass(frozen=True)
class Secret:
    """The value of an environment variable; its representation is its name.

    Attributes:
        name: The variable.
        value: What it holds, without blanks around it.
        parts: Pieces of the value that are secret on their own, for example the password of a connection.
    """

    name: str
    value: str = field(repr=False)
    parts: tuple[str, ...] = field(default=(), repr=False)

    def with_parts(self, parts: Iterable[str]) -> Secret:
        """The same secret, hiding these pieces of it as well."""
        return Secret(self.name, self.value, tuple(part for part in parts if part))

    def hide(self, text: str) -> str:
        """Take the value and its parts out of a text, the longest first."""
        for secret in sorted({self.value, *self.parts}, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return text


def variable_name(name: str) -> str:
    """Refuse what is no name of a variable, and do not repeat it: it may be the secret itself.

    Raises:
        ValueError: It cannot be a name.
    """
    if not VARIABLE.fullmatch(name):
        message = "write the NAME of an environment variable such as SHOP_DSN; the secret itself does not belong here"
        raise ValueError(message)
    return name


def read_secret(name: str, *, wanted_by: str, environment: Mapping[str, str] | None = None) -> Secret:
    """Read a secret from the environment.

    Args:
        name: The variable.
        wanted_by: Which source needs it, for the message.
        environment: By default the process's own.

    Raises:
        TesseraError: It is not set, or holds nothing but blanks.
    """
    value = (os.environ if environment is None else environment).get(name, "").strip()
    if not value:
        raise TesseraError(
            f"{wanted_by}: the environment variable {name} is not set",
            expected=f"the secret in the environment variable {name}",
            found="no value",
            fix=f"set {name} where Tessera runs, for example in the service's environment file",
        )
    return Secret(name, value)
