"""A real Superset of the tests' own: installed into a cache beside the repository, run on loopback, stopped at the end.

The environment is made once (some hundred megabytes) below ``TESSERA_SUPERSET_CACHE``, by default the user's cache.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.repository import ROOT

REQUIREMENTS = ROOT / "bi" / "requirements.txt"
BUNDLE = ROOT / "bi" / "superset"
SAMPLE_URI = "postgresql+psycopg2://reader:XXXXXXXXXX@localhost:5432/marts"
_CONFIG = """
import os
SECRET_KEY = os.environ["SUPERSET_SECRET_KEY"]
SQLALCHEMY_DATABASE_URI = "sqlite:///" + os.path.join(os.environ["SUPERSET_HOME"], "superset.db")
"""


@dataclass(frozen=True)
class Superset:
    """A running Superset with one user."""

    address: str
    password: str

    def call(self, path: str, body: Any = None, token: str | None = None) -> Any:
        """Ask its API."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        with urllib.request.urlopen(
            urllib.request.Request(self.address + path, data=data, headers=headers), timeout=120
        ) as answer:
            return json.load(answer)

    def token(self) -> str:
        login = {"username": "admin", "password": self.password, "provider": "db", "refresh": False}
        return str(self.call("/api/v1/security/login", login)["access_token"])


def superset_bin() -> Path:
    """The environment's programs; it is made when it is missing or of other requirements."""
    cache = Path(os.environ.get("TESSERA_SUPERSET_CACHE", Path.home() / ".cache" / "tessera-superset"))
    folder = cache / hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    programs = folder / "bin"
    if not (folder / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run(
            [str(programs / "python"), "-m", "pip", "install", "--quiet", "--requirement", str(REQUIREMENTS)],
            check=True,
        )
        (folder / "complete").touch()
    return programs


def bundle_for(uri: str, folder: Path) -> Path:
    """Zip the bundle as a person would, with the address of their database in it."""
    path = folder / "customer_segments.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(BUNDLE.rglob("*.yaml")):
            text = file.read_text(encoding="utf-8").replace(SAMPLE_URI, uri)
            archive.writestr(f"customer_segments/{file.relative_to(BUNDLE).as_posix()}", text)
    return path


@contextmanager
def running_superset(uri: str, folder: Path) -> Iterator[Superset]:
    """Install what is missing, import the bundle into a new Superset and serve it."""
    programs = superset_bin()
    (folder / "superset_config.py").write_text(_CONFIG, encoding="utf-8")
    password = secrets.token_urlsafe(16)
    unset = ("SUPERSET_", "FLASK_", "PYTHON")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(unset)} | {
        "SUPERSET_CONFIG_PATH": str(folder / "superset_config.py"),
        "SUPERSET_HOME": str(folder),
        "SUPERSET_SECRET_KEY": secrets.token_urlsafe(42),
        "FLASK_APP": "superset.app:create_app()",
    }
    person = ("--username", "admin", "--firstname", "A", "--lastname", "Reader", "--email", "admin@example.org")
    for arguments in (
        ("db", "upgrade"),
        ("fab", "create-admin", *person, "--password", password),
        ("init",),
        ("import-dashboards", "--path", str(bundle_for(uri, folder)), "--username", "admin"),
    ):
        _superset(programs, environment, folder, *arguments)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(
            [str(programs / "superset"), "run", "-h", "127.0.0.1", "-p", str(port), "--with-threads"],
            env=environment, cwd=folder, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        superset = Superset(address=f"http://127.0.0.1:{port}", password=password)
        _wait(superset, server)
        yield superset
    finally:
        server.terminate()
        server.wait(30)


def _superset(programs: Path, environment: Mapping[str, str], folder: Path, *arguments: str) -> None:
    done = subprocess.run(
        [str(programs / "superset"), *arguments], env=dict(environment), cwd=folder, capture_output=True, text=True,
        check=False, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, f"superset {arguments[0]}: {done.stderr[-3000:]}"


def _wait(superset: Superset, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert server.poll() is None, "Superset ended; see server.log"
        try:
            urllib.request.urlopen(superset.address + "/health", timeout=5)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise AssertionError("Superset does not answer")
