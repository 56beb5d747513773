"""What is started in dbt's place: hands its arguments, environment and output to the server and waits for the end.

Run as a script by a Python without site-packages, which starts in a fortieth of the time of dbt's imports. Where no
server answers it becomes dbt itself.

Belongs here: being dbt for whoever started it, with its signals and exit code. Does not belong here: imports of ours.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys

# Under these names its environment says where the server listens, and what of the project is parsed: commands with the
# same text share one manifest.
ADDRESS = "TESSERA_DBT_SERVER"
FINGERPRINT = "TESSERA_DBT_FINGERPRINT"


def main(dbt: str, arguments: list[str]) -> int:
    """Run a command on the server, or in place of this process where there is none."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(os.environ.get(ADDRESS, ""))
    except OSError:
        os.execv(dbt, [dbt, *arguments])  # noqa: S606

    def hand_on(number: int, _: object) -> None:
        connection.sendall(bytes([number]))

    told = {
        "arguments": arguments,
        "environment": dict(os.environ),
        "folder": os.getcwd(),  # noqa: PTH109  (pathlib's import takes longer than all the rest)
        "fingerprint": os.environ.get(FINGERPRINT),
    }
    body = json.dumps(told).encode()
    socket.send_fds(connection, [len(body).to_bytes(8, "big")], [1, 2])
    connection.sendall(body)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, hand_on)
    answer = connection.recv(1)
    # No answer: the server was killed, and the command with it.
    return answer[0] if answer else 128 + signal.SIGKILL


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
