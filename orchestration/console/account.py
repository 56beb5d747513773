"""Whose decision it is.

Belongs here: the name of the account that gives a command. Does not belong here: what is decided.
"""

from __future__ import annotations

import getpass
import os


def account() -> str:
    """The login name, or the account's number where it has none, as in containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
