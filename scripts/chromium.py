"""The browser of this machine, as tests and pictures start it.

Belongs here: where it is and its flags. Does not belong here: pages.
"""

from __future__ import annotations

import shutil

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium_path() -> str | None:
    """The executable of Chromium or Chrome, None where there is none."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)
