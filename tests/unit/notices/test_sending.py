"""A channel that fails fails alone, and nobody is told twice."""

from __future__ import annotations

import datetime as dt
import threading
import time

import pytest

from orchestration.configuration.notice_settings import Channel
from orchestration.notices import sending
from orchestration.notices.ledger import NoticeLedger
from orchestration.notices.notice import Delivery, Notice, NotSentError
from orchestration.notices.sending import send

NOW = dt.datetime(2026, 7, 1, 2, tzinfo=dt.UTC)
FIRST, SECOND = Channel(kind="webhook", url="FIRST"), Channel(kind="webhook", url="SECOND", on=["refused"])


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The channels that were asked to post, in order; they take everything."""
    names: list[str] = []
    monkeypatch.setitem(sending._SENDERS, "webhook", lambda channel, _: names.append(channel.name) or "")
    return names


def told(notice: Notice, ledger: NoticeLedger, *, again: bool = False) -> list[str]:
    deliveries = send(notice, [FIRST, SECOND], ledger, again=again, pause=0)
    ledger.note(notice, deliveries, now=NOW)
    return [f"{each.channel} {each.status}" for each in deliveries]


def test_only_channels_that_ask_for_the_event_are_used(posted: list[str], notice: Notice, ledger: NoticeLedger) -> None:
    assert told(notice, ledger) == ["webhook FIRST sent"]
    assert posted == ["webhook FIRST"]


def test_who_got_it_does_not_get_it_again_unless_asked(posted: list[str], notice: Notice, ledger: NoticeLedger) -> None:
    told(notice, ledger)
    assert told(notice, ledger) == ["webhook FIRST sent before"]
    assert len(posted) == 1
    assert told(notice, ledger, again=True) == ["webhook FIRST sent"]
    other = Notice(event="published", run_id="run-2", title="t", text="t")
    assert told(other, ledger) == ["webhook FIRST sent"]
    assert len(posted) == 3


def test_who_did_not_get_it_is_asked_again(
    posted: list[str], notice: Notice, ledger: NoticeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    taking = sending._SENDERS["webhook"]

    def fail(*_: object) -> str:
        raise NotSentError("status 404", again=False)

    monkeypatch.setitem(sending._SENDERS, "webhook", fail)
    assert told(notice, ledger) == ["webhook FIRST not sent"]
    monkeypatch.setitem(sending._SENDERS, "webhook", taking)
    assert told(notice, ledger) == ["webhook FIRST sent"]


def test_an_error_that_nobody_foresaw_is_told_by_its_kind_only(
    notice: Notice, ledger: NoticeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> str:
        raise ZeroDivisionError("the password is Pa55")

    monkeypatch.setitem(sending._SENDERS, "webhook", fail)
    (delivery,) = send(notice, [FIRST], ledger, pause=0)
    assert str(delivery) == "webhook FIRST: not sent (not foreseen: ZeroDivisionError)"


def test_a_channel_that_never_ends_is_left_alone(
    notice: Notice, ledger: NoticeLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = threading.Event()
    monkeypatch.setitem(sending._SENDERS, "webhook", lambda *_: str(never.wait(20)))
    begun = time.monotonic()
    short = FIRST.model_copy(update={"timeout_seconds": 0.05})
    (delivery,) = send(notice, [short], ledger, pause=0)
    never.set()
    assert time.monotonic() - begun < 3
    assert "no end within" in delivery.detail


def test_the_ledger_lists_a_run_and_forgets_lines_that_were_half_written(notice: Notice, ledger: NoticeLedger) -> None:
    assert ledger.deliveries("run-1") == []
    ledger.note(notice, [Delivery(channel="a", status="sent")], now=NOW)
    with ledger._path.open("a", encoding="utf-8") as file:
        file.write('{"run_id": "run-1", "event": "publi')
    ledger.note(notice, [Delivery(channel="b", status="not sent", detail="status 500")], now=NOW)
    assert [str(each) for each in ledger.deliveries("run-1")] == ["a: sent", "b: not sent (status 500)"]
    assert ledger.deliveries("run-2") == []


def test_the_end_of_a_run_is_known_though_nobody_wanted_to_hear_of_it(ledger: NoticeLedger, notice: Notice) -> None:
    ledger.note(notice, [Delivery(channel="a", status="sent")], now=NOW)
    assert not ledger.knows_end_of("run-1")
    ledger.note_end("run-1", "refused", now=NOW)
    assert ledger.knows_end_of("run-1")
    assert not ledger.knows_end_of("run-2")
    assert [each.channel for each in ledger.deliveries("run-1")] == ["a"]
