"""A mail server on this machine that behaves or misbehaves as a test says.

The standard library's own was taken out of it with Python 3.12; this one speaks the few commands that a client needs.
"""

from __future__ import annotations

import base64
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass(frozen=True)
class Mail:
    """What was handed over."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    encrypted: bool
    login: tuple[str, str] | None


@dataclass
class MailServer:
    """A running server.

    Attributes:
        port: Where it listens.
        answers: By command the answer in place of the usual one; called with the number of times that it was asked.
        delay_seconds: It waits so long before every answer.
        mails: What it took.
        commands: Everything that it was told, in order, without what was sent encrypted as a password.
    """

    port: int
    context: ssl.SSLContext | None = None
    answers: dict[str, Callable[[int], str]] = field(default_factory=dict)
    delay_seconds: float = 0.0
    mails: list[Mail] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    host: str = "localhost"


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.sender, self.recipients = "", []
        self.encrypted = isinstance(self.connection, ssl.SSLSocket)
        self.login: tuple[str, str] | None = None

    def handle(self) -> None:
        if self.say("CONNECT", "220 here"):
            while line := self.rfile.readline():
                words = line.decode().strip()
                command = words.split(":")[0].split(" ")[0].upper()
                if not self.obey(command, words):
                    return

    def say(self, command: str, usual: str) -> bool:
        """Answer; whether the answer lets the talk go on as usual."""
        mail = self.server.mail
        mail.commands.append(command)
        time.sleep(mail.delay_seconds)
        other = mail.answers.get(command)
        answer = usual if other is None else other(mail.commands.count(command))
        if not answer:
            return False
        self.wfile.write(f"{answer}\r\n".encode())
        return answer[0] in "23"

    def obey(self, command: str, words: str) -> bool:
        mail = self.server.mail
        if command == "EHLO":
            offered = ["localhost", "AUTH PLAIN"]
            offered += ["STARTTLS"] if mail.context is not None and not self.encrypted else []
            lines = [f"250-{name}" for name in offered[:-1]] + [f"250 {offered[-1]}"]
            self.say(command, "\r\n".join(lines))
        elif command == "STARTTLS":
            if self.say(command, "220 go on"):
                try:
                    self.connection = mail.context.wrap_socket(self.connection, server_side=True)
                except (ssl.SSLError, OSError):
                    return False
                self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)
                self.encrypted = True
        elif command == "AUTH":
            _, user, password = base64.b64decode(words.split(" ")[2]).decode().split("\0")
            self.login = (user, password)
            self.say(command, "235 welcome")
        elif command == "MAIL":
            self.sender = words.split("<")[1].split(">")[0]
            self.say(command, "250 yes")
        elif command == "RCPT":
            if self.say(command, "250 yes"):
                self.recipients.append(words.split("<")[1].split(">")[0])
        elif command == "DATA":
            if self.say(command, "354 go on"):
                self.take()
        elif command == "QUIT":
            self.say(command, "221 goodbye")
            return False
        else:
            self.say(command, "250 as you like")
        return True

    def take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        taken = Mail(self.sender, tuple(self.recipients), message, self.encrypted, self.login)
        if self.say("END", "250 taken"):
            self.server.mail.mails.append(taken)
        self.recipients = []


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    mail: MailServer

    def handle_error(self, *_: object) -> None:
        """Clients that give up are what is being tested."""


@contextmanager
def running_mail_server(*, certificate: str | None = None, encrypted: bool = False) -> Iterator[MailServer]:
    """A server that offers starttls where it has a certificate, or is encrypted from the start."""
    server = _Server(("127.0.0.1", 0), _Handler)
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        if encrypted:
            server.socket = context.wrap_socket(server.socket, server_side=True)
    server.mail = MailServer(server.server_address[1], context=context)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.mail
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def unused_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
