"""What is sent: one notice of one night.

Belongs here: its shape. Does not belong here: its words (``wording``), how it is sent (``webhook``, ``mail``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestration.configuration.notice_settings import Event


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One notice.

    Attributes:
        event: What happened.
        run_id: The run that it tells of.
        title: One line.
        text: All of it as plain text, the title included.
        html: All of it as HTML; None where there is no more than the text.
        facts: The figures that programs want, in plain JSON types.
    """

    event: Event
    run_id: str
    title: str
    text: str
    html: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What became of a notice on one channel.

    Attributes:
        channel: The channel's name.
        status: ``sent``, ``not sent``, or ``sent before`` by an earlier attempt for the same run.
        detail: What went wrong, empty where nothing did.
    """

    channel: str
    status: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.channel}: {self.status}" + (f" ({self.detail})" if self.detail else "")


class NotSentError(Exception):
    """A channel did not take a notice; the text says why and holds no secret.

    Args:
        why: In words.
        again: Whether another try may help.
    """

    def __init__(self, why: str, *, again: bool) -> None:
        self.again = again
        super().__init__(why)
