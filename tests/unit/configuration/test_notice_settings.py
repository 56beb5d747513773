"""The section of tessera.yml that says who is told how a night went."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from orchestration.configuration.deployment import load_deployment
from orchestration.configuration.notice_settings import Channel
from orchestration.errors import TesseraError
from tests.support.deployments import line_of, write_config

MAIL = "host: smtp.example.com, from: tessera@example.com, to: [ada@example.com]"


def channels(folder: Path, *entries: str) -> list[Channel]:
    notices = "notices:\n" + "".join(f"  - {{{entry}}}\n" for entry in entries)
    return load_deployment(write_config(folder, more=notices), folder / "home").settings.notices


def refusal(folder: Path, entry: str) -> TesseraError:
    with pytest.raises(TesseraError) as caught:
        channels(folder, entry)
    assert f"line {line_of(folder / 'tessera.yml', entry.split(',')[0])}" in caught.value.found
    return caught.value


def test_both_kinds_are_read_and_the_key_on_is_no_boolean(tmp_path: Path) -> None:
    hook, mail = channels(
        tmp_path,
        "kind: webhook, url: TEAM_HOOK, on: [failed, refused]",
        f"kind: email, {MAIL}, user: MAIL_USER, password: MAIL_PASSWORD",
    )
    assert hook.on == ("refused", "failed")
    assert mail.on == ("published", "refused", "failed")
    assert (mail.sender, mail.to, mail.server_port) == ("tessera@example.com", ("ada@example.com",), 587)
    assert (hook.name, mail.name) == ("webhook TEAM_HOOK", "email ada@example.com by smtp.example.com")
    assert (hook.secrets, mail.secrets) == (("TEAM_HOOK",), ("MAIL_USER", "MAIL_PASSWORD"))


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_port_follows_the_security(security: str, port: int) -> None:
    settings = yaml.safe_load(f"{{kind: email, {MAIL}, security: {security}}}")
    assert Channel.model_validate(settings).server_port == port
    assert Channel.model_validate(settings | {"port": 2525}).server_port == 2525


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("kind: pigeon, url: A", "'webhook' or 'email'"),
        ("kind: webhook", "write url: the NAME of the environment variable"),
        ("kind: webhook, url: 'https://hooks.example.com/T0KEN'", "write the NAME of an environment variable"),
        ("kind: webhook, url: HOOK, host: smtp.example.com", "host means nothing for kind: webhook"),
        ("kind: webhook, url: HOOK, from: a@example.com", "from means nothing for kind: webhook"),
        (f"kind: email, {MAIL}, url: HOOK", "url means nothing for kind: email"),
        ("kind: email, host: smtp.example.com", "an e-mail needs host, from and to"),
        (f"kind: email, {MAIL}, user: MAIL_USER", "user and password go together"),
        (f"kind: email, {MAIL}, security: none, user: U, password: P", "readable to everybody on the way"),
        ("kind: email, host: 'smtp://x', from: a@b.c, to: [a@b.c]", "is no host"),
        ("kind: email, host: x, from: 'A <a@b.c>', to: [a@b.c]", "is no address"),
        ('kind: email, host: x, from: a@b.c, to: ["a@b.c\\nBcc: d@e.f"]', "is no address"),
        ("kind: webhook, url: HOOK, on: []", "at least 1 item"),
        ("kind: webhook, url: HOOK, on: [tomorrow]", "'published', 'refused' or 'failed'"),
        ("kind: webhook, url: HOOK, timeout_seconds: 0", "greater than 0"),
        ("kind: webhook, url: HOOK, address: x", "write one of kind, on, timeout_seconds, url, host"),
        ("kind: webhook, url: HOOK, sender: x", "password, from, to"),
    ],
)
def test_what_does_not_fit_is_told_with_its_line(tmp_path: Path, entry: str, told: str) -> None:
    assert told in refusal(tmp_path, entry).found
    assert "T0KEN" not in str(refusal(tmp_path, entry))


def test_the_same_channel_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TesseraError, match="webhook HOOK stands there twice"):
        channels(tmp_path, "kind: webhook, url: HOOK", "kind: webhook, url: HOOK, on: [failed]")
