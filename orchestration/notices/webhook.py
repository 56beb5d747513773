"""The channel of chats: one JSON document to one address.

Belongs here: the document, the request, what an answer means. Does not belong here: trying again (``sending``).
"""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import requests

from orchestration.configuration.notice_settings import LOOPBACK, Channel
from orchestration.configuration.secrets import Secret, read_secret
from orchestration.notices.notice import Notice, NotSentError

# Slack cuts longer texts itself, in the middle of a word.
LONGEST_TEXT = 12_000
# Signs that Slack reads as commands, by its own rule for text (`<!channel>` calls everybody), and the @ of the others.
_HARMLESS = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("@"): "@\u200b"}


def send_webhook(channel: Channel, notice: Notice) -> str:
    """Post a notice.

    Args:
        channel: The channel.
        notice: What to post.

    Returns:
        What is worth knowing though it was taken: nothing.

    Raises:
        NotSentError: It was not taken.
        TesseraError: The variable with the address is not set.
    """
    address = read_secret(channel.url or "", wanted_by=f"notices: {channel.name}")
    _check(address)
    try:
        # The answer's body is not read: nobody needs it, and there may be no end to it. A redirect is not followed: it
        # would hand the notice to an address that nobody wrote down.
        with requests.post(
            address.value,
            data=json.dumps(document(notice), ensure_ascii=False, allow_nan=False).encode(),
            headers={"Content-Type": "application/json; charset=utf-8", "User-Agent": "tessera"},
            timeout=channel.timeout_seconds,
            allow_redirects=False,
            stream=True,
        ) as answer:
            status = answer.status_code
    except requests.exceptions.SSLError:
        raise NotSentError("the certificate of the address is not trusted", again=False) from None
    except requests.Timeout:
        raise NotSentError(f"no answer within {channel.timeout_seconds:g} seconds", again=True) from None
    except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
        raise NotSentError("no connection, or it broke", again=True) from None
    except (requests.RequestException, ValueError) as error:
        # Its text may hold the address.
        raise NotSentError(f"the address cannot be used ({type(error).__name__})", again=False) from None
    if 300 <= status < 400:
        raise NotSentError(f"status {status}: a redirect is not followed, write the final address", again=False)
    if not 200 <= status < 300:
        raise NotSentError(f"status {status}", again=status >= 500 or status in (408, 429))
    return ""


def document(notice: Notice) -> dict[str, object]:
    """What is posted: ``text`` for people, the rest for programs."""
    text = notice.text if len(notice.text) <= LONGEST_TEXT else notice.text[: LONGEST_TEXT - 1] + "…"
    facts = {"event": notice.event, "run_id": notice.run_id, "title": notice.title, **notice.facts}
    return {"text": text.translate(_HARMLESS), "tessera": facts}


def _check(address: Secret) -> None:
    try:
        parts = urlsplit(address.value)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or not address.value.isprintable():
        raise NotSentError(f"{address.name} holds no address such as https://chat.example.com/hooks/1", again=False)
    if parts.scheme == "http" and host not in LOOPBACK:
        raise NotSentError(f"the address in {address.name} must begin with https", again=False)
