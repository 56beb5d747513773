"""The process that dbt commands are forked from.

Run as a script with the folder of its socket and the reading end of a pipe that whoever started it holds open: when
that process ends, however it does, so do this one and the command that it runs.

A dbt process spends two CPU seconds on imports and two to seven on parsing the project before its first query. Here
both are done once; each command is a fork that has its own environment, folder, output and database connection, and
ends like dbt itself. This process has one thread and opens no database, which is what makes forking it safe.

Belongs here: running one command after the other for the client beside this file. Does not belong here: anything of
ours; the script has to start in the time that dbt's imports take.
"""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import select
import shutil
import signal
import socket
import sys
import traceback
from dataclasses import dataclass
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import cli, dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt.parser.manifest import write_manifest
from dbt.tracking import track_behavior_change_warn
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.logger import _log_level_map

_MANIFESTS_KEPT = 4
_LENGTH_BYTES = 8


@dataclass(frozen=True)
class Command:
    """A dbt command as its client sent it.

    Attributes:
        arguments: What follows the word dbt.
        environment: All of its environment.
        folder: Its working folder.
        output: File descriptors of its standard output and standard error.
        fingerprint: Of the project and the variables; commands with the same one share a manifest. None: dbt's own way.
    """

    arguments: list[str]
    environment: dict[str, str]
    folder: str
    output: tuple[int, int]
    fingerprint: str | None


class Server:
    """Runs commands one at a time, each in a fork of this process."""

    def __init__(self, listening: socket.socket, alive: int) -> None:
        self.listening = listening
        self.alive = alive
        self.manifests: dict[str, Manifest] = {}

    def serve(self) -> int:
        """Serve until whoever started this process has ended.

        Returns:
            The exit code: a command's own in the process forked for it, 0 in this one.
        """
        while True:
            ready, _, _ = select.select([self.listening, self.alive], [], [])
            if self.alive in ready:
                return 0
            connection, _ = self.listening.accept()
            with connection:
                command = received(connection)
                if command is None:
                    continue
                code = self._answer(connection, command)
                for descriptor in command.output:
                    os.close(descriptor)
                if code is not None:
                    return code

    def _answer(self, connection: socket.socket, command: Command) -> int | None:
        """Run a command and tell its client how it ended; only in the fork, return its exit code."""
        manifest = None
        if command.fingerprint is not None:
            with _in_place_of(command):
                manifest, exit_code = self._manifest(command.fingerprint, command)
            if manifest is None or command.arguments[0] == "parse":
                _tell(connection, exit_code)
                return None
        ended, ends = os.pipe()
        child = os.fork()
        if child == 0:
            connection.close()
            self.listening.close()
            for descriptor in (self.alive, ended):
                os.close(descriptor)
            return _run(command, manifest)
        os.close(ends)
        try:
            self._wait(connection, child, ended)
        finally:
            os.close(ended)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        _tell(connection, code if code >= 0 else 128 - code)
        return None

    def _wait(self, connection: socket.socket, child: int, ended: int) -> None:
        """Wait for the command's end, handing on signals; without a client or an owner it is killed."""
        watched: list[Any] = [connection, self.alive, ended]
        while True:
            ready, _, _ = select.select(watched, [], [])
            if ended in ready:
                return
            told = connection.recv(1) if connection in ready else b""
            os.kill(child, told[0] if told else signal.SIGKILL)
            if not told:
                return

    def _manifest(self, fingerprint: str, command: Command) -> tuple[Manifest | None, int]:
        """Return the parsed project, or None and the exit code of a parse that failed."""
        manifest = self.manifests.get(fingerprint)
        if manifest is not None:
            if command.arguments[0] == "parse":
                write_manifest(manifest, command.environment["DBT_TARGET_PATH"])
            return manifest, 0
        at = command.arguments.index("--vars")
        parsed = dbtRunner().invoke(["parse", "--quiet", *command.arguments[at : at + 2]])
        if not parsed.success or not isinstance(parsed.result, Manifest):
            return None, 1 if parsed.exception is None else 2
        while len(self.manifests) >= _MANIFESTS_KEPT:
            del self.manifests[next(iter(self.manifests))]
        self.manifests[fingerprint] = parsed.result
        # What every fork shares is not looked through by the collector of each.
        gc.collect()
        gc.freeze()
        return parsed.result, 0


def received(connection: socket.socket) -> Command | None:
    """Read a command; None when the client is gone before it has told all."""
    head, descriptors, _, _ = socket.recv_fds(connection, _LENGTH_BYTES, 2)
    length = int.from_bytes(head, "big")
    body = b""
    while len(body) < length and (part := connection.recv(length - len(body))):
        body += part
    if len(descriptors) != 2 or not head or len(body) < length:
        for descriptor in descriptors:
            os.close(descriptor)
        return None
    told = json.loads(body)
    return Command(**told, output=(descriptors[0], descriptors[1]))


@contextlib.contextmanager
def _in_place_of(command: Command) -> Any:
    """Take a command's environment, folder and output, and give only the output back: nothing here needs the others."""
    kept = os.dup(1), os.dup(2)
    _become(command)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for number, original in zip((1, 2), kept, strict=True):
            os.dup2(original, number)
            os.close(original)


def _become(command: Command) -> None:
    os.environ.clear()
    os.environ.update(command.environment)
    os.chdir(command.folder)
    for number, descriptor in zip((1, 2), command.output, strict=True):
        os.dup2(descriptor, number)


def _run(command: Command, manifest: Manifest | None) -> int:
    """Be dbt: in the fork, run the command and return its exit code."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _become(command)
    sys.argv = ["dbt", *command.arguments]
    try:
        cli(command.arguments, obj={} if manifest is None else {"manifest": manifest})
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def spare_unheard_events() -> None:
    """Have dbt drop an event that no log takes before it makes JSON of it, not after.

    Most events of a command are for debugging; JSON that nobody reads was a seventh of the CPU of a small night.
    """
    fire = EventManager.fire_event

    def fire_if_heard(
        manager: EventManager, e: BaseEvent, level: EventLevel | None = None, *others: Any, **options: Any
    ) -> None:
        told = _log_level_map[level or e.level_tag()]
        # Above information there are rules of its own: warnings may be errors, what is printed is always shown.
        if (
            told >= logging.INFO
            # dbt's own listener counts warnings.
            or any(listener is not track_behavior_change_warn for listener in manager.callbacks)
            or any(told >= _log_level_map[log.level] for log in manager.loggers)
        ):
            fire(manager, e, level, *others, **options)

    EventManager.fire_event = fire_if_heard  # type: ignore[assignment, method-assign]


def _tell(connection: socket.socket, exit_code: int) -> None:
    # A client that is gone needs no answer.
    with contextlib.suppress(OSError):
        connection.sendall(bytes([exit_code & 0xFF]))


def main(folder: str, alive: str) -> int:
    """Listen in a folder for as long as the pipe's other end is open."""
    spare_unheard_events()
    # An interrupt reaches the whole process group; the command hears it itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # It lives as long as this process and keeps the output of whoever starts it open: no command may be the first.
    resource_tracker.ensure_running()
    served = os.getpid()
    with socket.socket(socket.AF_UNIX) as listening:
        # Under its own name only when it listens, since a client does not wait.
        listening.bind(str(Path(folder) / "unready"))
        listening.listen()
        (Path(folder) / "unready").rename(Path(folder) / "socket")
        try:
            return Server(listening, int(alive)).serve()
        finally:
            if os.getpid() == served:
                shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    code = main(*sys.argv[1:])
    DuckDBConnectionManager.close_all_connections()
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    # What forks share is not taken down piece by piece, which costs time and makes DuckDB's binding tell of leaks.
    os._exit(code)
