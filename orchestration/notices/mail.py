"""The channel of e-mail.

Belongs here: the message, the talk with the mail server, what its answers mean. Does not belong here: trying again
(``sending``).
"""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from email.message import EmailMessage
from email.utils import formatdate

from orchestration.configuration.notice_settings import Channel
from orchestration.configuration.secrets import read_secret
from orchestration.notices.notice import Notice, NotSentError


def send_mail(channel: Channel, notice: Notice) -> str:
    """Send a notice.

    Args:
        channel: The channel.
        notice: What to send.

    Returns:
        For how many it was not taken; empty where it was taken for all.

    Raises:
        NotSentError: The server did not take it.
        TesseraError: A variable with a secret is not set.
    """
    wanted_by = f"notices: {channel.name}"
    secrets = [read_secret(name, wanted_by=wanted_by).value for name in (channel.user, channel.password) if name]
    mail = message(channel, notice)
    try:
        turned_away = _handed_over(channel, mail, secrets)
    except smtplib.SMTPAuthenticationError as error:
        raise NotSentError(f"the server does not accept user and password ({error.smtp_code})", again=False) from None
    except smtplib.SMTPNotSupportedError:
        wanted = "starttls" if channel.security == "starttls" else "what is needed to log in or to send"
        raise NotSentError(f"the server does not offer {wanted}", again=False) from None
    except smtplib.SMTPRecipientsRefused:
        raise NotSentError("the server takes mail for none of the addresses under to", again=False) from None
    except smtplib.SMTPResponseException as error:
        # 4 is a fault that passes, 5 one that stays (RFC 5321, 4.2.1). Its text may quote anything, so it is left out.
        raise NotSentError(f"the server answered {error.smtp_code}", again=400 <= error.smtp_code < 500) from None
    except ssl.SSLError:
        raise NotSentError("the server's certificate is not trusted, or it speaks no TLS", again=False) from None
    except TimeoutError:
        raise NotSentError(f"no answer within {channel.timeout_seconds:g} seconds", again=True) from None
    except (OSError, smtplib.SMTPException):
        raise NotSentError("no connection to the mail server, or it broke", again=True) from None
    return f"not taken for {turned_away} of {len(channel.to)} addresses" if turned_away else ""


def message(channel: Channel, notice: Notice) -> EmailMessage:
    """The mail: plain text, and HTML beside it where there is any."""
    mail = EmailMessage()
    mail["Subject"] = notice.title
    mail["From"] = channel.sender
    mail["To"] = ", ".join(channel.to)
    mail["Date"] = formatdate()
    # The same for a second try: a server that took the first one can tell.
    identity = hashlib.sha256(f"{notice.run_id} {notice.event} {channel.name}".encode()).hexdigest()[:32]
    mail["Message-ID"] = f"<{identity}@{(channel.sender or '').rpartition('@')[2]}>"
    # No holiday note comes back (RFC 3834).
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(notice.text)
    if notice.html is not None:
        mail.add_alternative(notice.html, subtype="html")
    return mail


def _handed_over(channel: Channel, mail: EmailMessage, secrets: Sequence[str]) -> int:
    """Send a mail and return for how many addresses it was not taken."""
    server = _connected(channel)
    try:
        if secrets:
            server.login(*secrets)
        return len(server.send_message(mail))
    finally:
        # How the server says goodbye changes nothing any more.
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()


def _connected(channel: Channel) -> smtplib.SMTP:
    """A connection to the server, encrypted as the channel says; certificates are always checked."""
    host, port, wait = channel.host or "", channel.server_port, channel.timeout_seconds
    if channel.security == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=wait, context=ssl.create_default_context())
    server = smtplib.SMTP(host, port, timeout=wait)
    if channel.security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server
