"""The section ``notices`` of ``tessera.yml``: who is told how a night went, and by which channel.

Belongs here: the form of the section and its defaults. Does not belong here: sending (``notices``).
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from orchestration.configuration.secrets import variable_name
from orchestration.configuration.setting_types import Section

Event = Literal["published", "refused", "failed"]
EVENTS: tuple[Event, ...] = ("published", "refused", "failed")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_ADDRESS = re.compile(r"[^\s@<>\",;:\\()\[\]]{1,64}@[A-Za-z0-9.-]{1,190}")
_OF_KIND = {
    "webhook": {"url"},
    "email": {"host", "port", "security", "user", "password", "sender", "to"},
}
# What SMTP is offered on where nothing else is said: submission (RFC 6409), the same inside TLS (RFC 8314), relay.
_PORTS = {"starttls": 587, "tls": 465, "none": 25}


def _address(text: str) -> str:
    if not text.isascii() or not _ADDRESS.fullmatch(text):
        message = f"{text!r} is no address; write it alone, such as marketing@example.com"
        raise ValueError(message)
    return text


def _host(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.:-]{1,253}", text):
        message = f"{text!r} is no host; write its name alone, such as smtp.example.com, and the port under port"
        raise ValueError(message)
    return text


Address = Annotated[str, AfterValidator(_address)]
VariableName = Annotated[str, AfterValidator(variable_name)]


class Channel(Section):
    """One way to tell people how a night went.

    Attributes:
        kind: ``webhook`` for a chat that takes JSON with a ``text``, ``email`` for a mail server.
        on: What is told: a version was published, the night was refused, the run failed for another reason.
        timeout_seconds: The longest wait for any one answer.
        url: Of a webhook the environment variable that holds its address: who knows the address can post.
        host: Of an e-mail the server that takes it.
        port: Its port; 587, with ``security: tls`` 465, without security 25.
        security: ``starttls`` begins in the open and goes on encrypted, ``tls`` is encrypted from the start.
        user: Environment variable with the user of the mail server.
        password: Environment variable with the password.
        sender: Who it is from, written ``from``.
        to: Who gets it.
    """

    kind: Literal["webhook", "email"]
    on: tuple[Event, ...] = Field(default=EVENTS, min_length=1)
    timeout_seconds: float = Field(default=10, gt=0, le=120)
    url: VariableName | None = None
    host: Annotated[str, AfterValidator(_host)] | None = None
    port: int | None = Field(default=None, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: VariableName | None = None
    password: VariableName | None = None
    sender: Address | None = Field(default=None, alias="from")
    to: tuple[Address, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _on_is_a_key(cls, value: Any) -> Any:
        # YAML 1.1 reads a bare "on" as true, also where it is a key.
        if isinstance(value, dict) and True in value and "on" not in value:
            return {("on" if key is True else key): entry for key, entry in value.items()}
        return value

    @field_validator("on")
    @classmethod
    def _each_once(cls, events: tuple[Event, ...]) -> tuple[Event, ...]:
        return tuple(event for event in EVENTS if event in events)

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Channel:
        for kind, fields in _OF_KIND.items():
            if kind != self.kind and (strange := sorted(fields & self.model_fields_set)):
                names = ", ".join("from" if name == "sender" else name for name in strange)
                message = f"{names} means nothing for kind: {self.kind}"
                raise ValueError(message)
        if self.kind == "webhook":
            if self.url is None:
                message = "write url: the NAME of the environment variable that holds the webhook's address"
                raise ValueError(message)
            return self
        if self.host is None or self.sender is None or not self.to:
            message = "an e-mail needs host, from and to"
            raise ValueError(message)
        if (self.user is None) != (self.password is None):
            message = "user and password go together; both are names of environment variables"
            raise ValueError(message)
        if self.security == "none" and self.user is not None and self.host not in LOOPBACK:
            message = "security: none would send the password readable to everybody on the way; use starttls or tls"
            raise ValueError(message)
        return self

    @property
    def name(self) -> str:
        """What it is called in the ledger and on the console: the same as long as it goes to the same place."""
        return f"webhook {self.url}" if self.kind == "webhook" else f"email {', '.join(self.to)} by {self.host}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """The environment variables that it needs."""
        return tuple(name for name in (self.url, self.user, self.password) if name is not None)

    @property
    def server_port(self) -> int:
        """The port of the mail server."""
        return self.port if self.port is not None else _PORTS[self.security]
