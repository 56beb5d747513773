"""Sending one notice on every channel that asks for it.

Belongs here: tries, the longest a channel may take, that no channel's failure goes any further. Does not belong here:
the channels themselves (``webhook``, ``mail``), what is said.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from orchestration.configuration.notice_settings import Channel
from orchestration.errors import TesseraError
from orchestration.notices.ledger import NoticeLedger
from orchestration.notices.mail import send_mail
from orchestration.notices.notice import Delivery, Notice, NotSentError
from orchestration.notices.webhook import send_webhook

TRIES = 2
PAUSE_SECONDS = 2.0
# A server that sends a byte now and then keeps every single wait short: all of them together have an end too.
_ALL_WAITS = 4
_SENDERS: dict[str, Callable[[Channel, Notice], str]] = {"webhook": send_webhook, "email": send_mail}


def send(
    notice: Notice,
    channels: Sequence[Channel],
    ledger: NoticeLedger,
    *,
    again: bool = False,
    pause: float = PAUSE_SECONDS,
) -> list[Delivery]:
    """Send a notice; never raises because of a channel.

    Args:
        notice: What to send.
        channels: Every channel of the deployment.
        ledger: Who has been told already.
        again: Whether to send it to those who have.
        pause: Seconds before the second try.

    Returns:
        What became of it, one for each channel that asks for the event.
    """
    return [
        Delivery(channel=channel.name, status="sent before")
        if not again and ledger.was_sent(notice.run_id, notice.event, channel.name)
        else _sent(notice, channel, pause=pause)
        for channel in channels
        if notice.event in channel.on
    ]


def _sent(notice: Notice, channel: Channel, *, pause: float) -> Delivery:
    outcome: list[Delivery] = []
    work = threading.Thread(target=lambda: outcome.append(_tried(notice, channel, pause=pause)), daemon=True)
    work.start()
    longest = TRIES * _ALL_WAITS * channel.timeout_seconds + pause
    work.join(timeout=longest)
    if not outcome:
        return Delivery(channel=channel.name, status="not sent", detail=f"no end within {longest:g} seconds")
    return outcome[0]


def _tried(notice: Notice, channel: Channel, *, pause: float) -> Delivery:
    for attempt in range(TRIES):
        if attempt:
            time.sleep(pause)
        delivery, may_help = _attempted(notice, channel)
        if not may_help:
            break
    return replace(delivery, detail=f"{delivery.detail}, tried {TRIES} times") if may_help else delivery


def _attempted(notice: Notice, channel: Channel) -> tuple[Delivery, bool]:
    """What became of one try, and whether another one may help."""
    try:
        detail = _SENDERS[channel.kind](channel, notice)
    except NotSentError as error:
        return Delivery(channel=channel.name, status="not sent", detail=str(error)), error.again
    except TesseraError as error:
        return Delivery(channel=channel.name, status="not sent", detail=f"{error.what}; {error.fix}"), False
    except Exception as error:
        # Whatever a library does here, the night is published. Only its kind: its text may hold a password.
        told = f"not foreseen: {type(error).__name__}"
        return Delivery(channel=channel.name, status="not sent", detail=told), False
    return Delivery(channel=channel.name, status="sent", detail=detail), False
