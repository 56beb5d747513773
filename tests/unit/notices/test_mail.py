"""Notices by e-mail, to a real server on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestration.configuration.notice_settings import Channel
from orchestration.notices.ledger import NoticeLedger
from orchestration.notices.notice import Delivery, Notice
from orchestration.notices.sending import send
from tests.support.mail_server import MailServer, running_mail_server, unused_port

PASSWORD = "Pa55-w0rd"
Sent = Callable[..., Delivery]


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running_mail_server() as found:
        yield found


@pytest.fixture
def sent(notice: Notice, ledger: NoticeLedger, monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Sends the notice to a server and returns what became of it."""
    monkeypatch.setenv("MAIL_USER", "tessera")
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)

    def deliver(port: int, **over: Any) -> Delivery:
        settings = {"kind": "email", "host": "localhost", "port": port, "security": "none", "timeout_seconds": 2}
        settings |= {"from": "tessera@example.com", "to": ["ada@example.com", "bob@example.com"]}
        (delivery,) = send(notice, [Channel.model_validate(settings | over)], ledger, pause=0.01)
        assert PASSWORD not in str(delivery)
        assert delivery.channel == "email ada@example.com, bob@example.com by localhost"
        return delivery

    return deliver


LOGIN = {"user": "MAIL_USER", "password": "MAIL_PASSWORD"}


def test_the_mail_has_the_text_and_the_page_beside_it(server: MailServer, sent: Sent, notice: Notice) -> None:
    assert sent(server.port).status == "sent"
    (mail,) = server.mails
    assert (mail.sender, mail.recipients) == ("tessera@example.com", ("ada@example.com", "bob@example.com"))
    assert mail.message["Subject"] == notice.title
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    plain, page = (mail.message.get_body([kind]).get_content() for kind in ("plain", "html"))
    assert plain.replace("\r\n", "\n") == notice.text
    assert notice.html in page


def test_a_second_try_is_known_by_its_id(server: MailServer, sent: Sent) -> None:
    server.answers["END"] = lambda asked: "451 later" if asked == 1 else "250 taken"
    assert sent(server.port).status == "sent"
    assert server.commands.count("DATA") == 2
    ids = [mail.message["Message-ID"] for mail in server.mails]
    sent(server.port)
    assert {*ids, server.mails[-1].message["Message-ID"]} == {ids[0]}


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_with_encryption_the_password_is_sent_and_the_mail_is_taken(
    sent: Sent, certificate: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.crt")
    with running_mail_server(certificate=str(certificate), encrypted=security == "tls") as safe:
        assert sent(safe.port, security=security, **LOGIN).status == "sent"
    (mail,) = safe.mails
    assert mail.encrypted
    assert mail.login == ("tessera", PASSWORD)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_ends_it_before_the_password(
    sent: Sent, certificate: Path, security: str
) -> None:
    with running_mail_server(certificate=str(certificate), encrypted=security == "tls") as unsafe:
        delivery = sent(unsafe.port, security=security, **LOGIN)
    assert delivery.status == "not sent"
    assert "certificate is not trusted" in delivery.detail
    assert "AUTH" not in unsafe.commands
    assert unsafe.mails == []


def test_a_server_without_starttls_gets_neither_password_nor_mail(server: MailServer, sent: Sent) -> None:
    delivery = sent(server.port, security="starttls", **LOGIN)
    assert delivery.detail == "the server does not offer starttls"
    assert not {"AUTH", "MAIL"} & set(server.commands)


def test_a_server_that_speaks_no_tls_is_told(server: MailServer, sent: Sent) -> None:
    assert "speaks no TLS" in sent(server.port, security="tls").detail


@pytest.mark.parametrize(
    ("command", "answer", "tries", "told"),
    [
        ("AUTH", f"535 no, not {PASSWORD}", 1, "does not accept user and password (535)"),
        ("MAIL", f"550 {PASSWORD}", 1, "the server answered 550"),
        ("END", "554 spam", 1, "the server answered 554"),
        ("END", "452 full", 2, "the server answered 452, tried 2 times"),
        ("RCPT", "550 unknown", 1, "takes mail for none of the addresses"),
        ("CONNECT", "421 busy", 2, "the server answered 421, tried 2 times"),
        ("CONNECT", "", 2, "no connection to the mail server, or it broke, tried 2 times"),
        ("DATA", "", 2, "no connection to the mail server, or it broke, tried 2 times"),
    ],
)
def test_what_a_server_says_no_to_is_told_by_its_code(
    server: MailServer, sent: Sent, command: str, answer: str, tries: int, told: str
) -> None:
    server.answers[command] = lambda _: answer
    delivery = sent(server.port, **LOGIN)
    assert delivery.status == "not sent"
    assert told in delivery.detail
    assert server.commands.count("CONNECT") == tries


def test_some_addresses_that_are_refused_are_counted_and_the_others_get_it(server: MailServer, sent: Sent) -> None:
    server.answers["RCPT"] = lambda asked: "550 unknown" if asked == 1 else "250 yes"
    delivery = sent(server.port)
    assert (delivery.status, delivery.detail) == ("sent", "not taken for 1 of 2 addresses")
    assert server.mails[0].recipients == ("bob@example.com",)


def test_how_the_server_says_goodbye_changes_nothing(server: MailServer, sent: Sent) -> None:
    server.answers["QUIT"] = lambda _: "500 what?"
    assert sent(server.port).status == "sent"


def test_a_server_that_is_down_or_slow_is_given_up(server: MailServer, sent: Sent) -> None:
    assert "no connection" in sent(unused_port()).detail
    server.delay_seconds = 1
    delivery = sent(server.port, timeout_seconds=0.2)
    assert delivery.status == "not sent"
    assert server.mails == []


def test_a_password_that_is_not_set_is_told_by_its_name(
    server: MailServer, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MAIL_PASSWORD")
    assert "the environment variable MAIL_PASSWORD is not set" in sent(server.port, **LOGIN).detail
    assert server.commands == []
