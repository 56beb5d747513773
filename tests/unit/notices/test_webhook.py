"""Notices by webhook, to a real server on this machine."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.configuration.notice_settings import Channel
from orchestration.notices.ledger import NoticeLedger
from orchestration.notices.notice import Delivery, Notice
from orchestration.notices.sending import send
from orchestration.notices.webhook import LONGEST_TEXT, document
from tests.support.api_server import Answer, Api, running_api
from tests.support.mail_server import unused_port

TOKEN = "T0ken-of-the-hook"
CHANNEL = Channel(kind="webhook", url="TEAM_HOOK", timeout_seconds=0.3)


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    with running_api() as found:
        monkeypatch.setenv("TEAM_HOOK", f"http://127.0.0.1:{found.port}/hooks/{TOKEN}")
        found.answer = lambda _: Answer(b"ok")
        yield found


def sent(notice: Notice, ledger: NoticeLedger, channel: Channel = CHANNEL) -> Delivery:
    (delivery,) = send(notice, [channel], ledger, pause=0.01)
    assert TOKEN not in str(delivery)
    assert delivery.channel == "webhook TEAM_HOOK"
    return delivery


def test_the_notice_is_posted_as_json_with_a_text_and_facts(api: Api, notice: Notice, ledger: NoticeLedger) -> None:
    assert sent(notice, ledger).status == "sent"
    (request,) = api.requests
    assert request.path == f"/hooks/{TOKEN}"
    assert request.headers["Content-Type"].startswith("application/json")
    told = json.loads(request.body)
    assert told["text"].startswith("Linden &amp; Loom")
    assert told["tessera"] == {
        "event": "published",
        "run_id": "run-1",
        "title": "Linden & Loom: customer segments",
        "version": "v000007",
        "customers": 400,
    }


def test_nothing_in_a_text_calls_a_whole_chat(notice: Notice) -> None:
    text = str(document(notice)["text"])
    assert "&lt;!channel&gt;" in text
    assert "<" not in text
    assert "@here" not in text


def test_a_text_without_end_is_cut() -> None:
    long = Notice(event="refused", run_id="r", title="t", text="x" * (LONGEST_TEXT + 1))
    assert len(str(document(long)["text"])) == LONGEST_TEXT


def test_a_fault_that_passes_is_tried_again(api: Api, notice: Notice, ledger: NoticeLedger) -> None:
    api.answer = lambda request: Answer(b"", status=503 if request.number == 1 else 200)
    assert sent(notice, ledger).status == "sent"
    assert len(api.requests) == 2


@pytest.mark.parametrize(
    ("status", "tries", "told"),
    [(500, 2, "status 500, tried 2 times"), (429, 2, "status 429, tried 2 times"), (404, 1, "status 404")],
)
def test_an_error_is_told_by_its_status(
    api: Api, notice: Notice, ledger: NoticeLedger, status: int, tries: int, told: str
) -> None:
    api.answer = lambda _: Answer(f"secret {TOKEN}".encode(), status=status)
    delivery = sent(notice, ledger)
    assert (delivery.status, delivery.detail) == ("not sent", told)
    assert len(api.requests) == tries


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(api: Api, notice: Notice, ledger: NoticeLedger, status: int) -> None:
    with running_api() as elsewhere:
        api.answer = lambda _: Answer(b"", status=status, headers={"Location": elsewhere.url})
        delivery = sent(notice, ledger)
        assert elsewhere.requests == []
    assert delivery.status == "not sent"
    assert f"status {status}: a redirect is not followed" in delivery.detail
    assert len(api.requests) == 1


def test_a_server_that_does_not_answer_is_given_up_after_two_tries(
    api: Api, notice: Notice, ledger: NoticeLedger
) -> None:
    api.answer = lambda _: time.sleep(1) or Answer(b"ok")
    begun = time.monotonic()
    assert sent(notice, ledger).detail == "no answer within 0.3 seconds, tried 2 times"
    assert time.monotonic() - begun < 2


def test_an_answer_without_end_is_not_waited_for(api: Api, notice: Notice, ledger: NoticeLedger) -> None:
    api.answer = lambda _: Answer(b"half", cut=True)
    assert sent(notice, ledger).status == "sent"


def test_a_server_that_is_down_is_told(notice: Notice, ledger: NoticeLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEAM_HOOK", f"http://127.0.0.1:{unused_port()}/{TOKEN}")
    assert sent(notice, ledger).detail == "no connection, or it broke, tried 2 times"


def test_a_certificate_that_nobody_vouches_for_is_refused_unless_it_is_named(
    certificate: Path, notice: Notice, ledger: NoticeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with running_api(wrap=lambda plain: context.wrap_socket(plain, server_side=True)) as safe:
        safe.answer = lambda _: Answer(b"ok")
        monkeypatch.setenv("TEAM_HOOK", f"https://localhost:{safe.port}/{TOKEN}")
        slow = CHANNEL.model_copy(update={"timeout_seconds": 5})
        assert sent(notice, ledger, slow).detail == "the certificate of the address is not trusted"
        assert safe.requests == []
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", f"{certificate}.crt")
        assert sent(notice, ledger, slow).status == "sent"


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("", "the environment variable TEAM_HOOK is not set"),
        (TOKEN, "TEAM_HOOK holds no address"),
        (f"ftp://127.0.0.1/{TOKEN}", "TEAM_HOOK holds no address"),
        (f"http://[{TOKEN}", "TEAM_HOOK holds no address"),
        (f"http://chat.example.com/{TOKEN}", "must begin with https"),
        (f"http://127.0.0.1:99999/{TOKEN}", "the address cannot be used"),
    ],
)
def test_what_is_no_address_is_told_and_not_repeated(
    notice: Notice, ledger: NoticeLedger, monkeypatch: pytest.MonkeyPatch, address: str, told: str
) -> None:
    monkeypatch.setenv("TEAM_HOOK", address)
    delivery = sent(notice, ledger)
    assert delivery.status == "not sent"
    assert told in delivery.detail
