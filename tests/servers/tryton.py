"""A real Tryton on loopback, with a small shop in it.

Its environment and the seeded database are made once under a cache folder (``OMS_TUI_TEST_CACHE``, else
``~/.cache/oms-tui-tests``) and copied for each test session. Without PyPI tests that need it are skipped with the
reason; with ``OMS_TUI_NO_SKIP=1`` they fail instead.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SERIES = "8.2"
MODULES = (
    "sale",
    "stock",
    "account_invoice",
    "account_invoice_stock",
    "purchase",
    "sale_supply_drop_shipment",
    "stock_package_shipping",
    "sale_payment",
    "sale_shipment_cost",
    "sale_opportunity",
)
PASSWORD = "admin-Passw0rd-admin"
DATABASE = "shop"
_SEED = Path(__file__).with_name("tryton_seed.py")
_START_SECONDS = 60


class Unavailable(Exception):
    """Tryton cannot be had here, and why."""


@dataclass
class TrytonServer:
    """A running server: where it is, who may log in, what was seeded."""

    url: str
    folder: Path
    python: Path
    process: subprocess.Popen[bytes]
    seed: dict[str, Any]
    database: str = DATABASE
    user: str = "admin"
    password: str = field(default=PASSWORD, repr=False)
    session: str = field(default="", repr=False)
    context: dict[str, Any] = field(default_factory=dict)

    def run(self, script: str, *arguments: str) -> str:
        """Run proteus code on the database as its administrator, beside the server; what it printed.

        ``config``, ``Model``, ``Wizard``, ``Decimal``, ``dt`` and ``press`` (a button, warnings answered) are there.
        """
        return _run([str(self.python), "-c", _PRELUDE + script, str(self.folder / "trytond.conf"), *arguments])

    def rows(self, query: str, *arguments: object) -> list[tuple[Any, ...]]:
        """What stands in the database itself, or what is put there past Tryton."""
        with contextlib.closing(sqlite3.connect(self.folder / "db" / f"{DATABASE}.sqlite", timeout=30)) as database:
            found = database.execute(query, arguments).fetchall()
            database.commit()
        return found

    def call(self, method: str, *params: Any) -> Any:
        """What another program of the shop does: a method over the wire as the administrator, warnings answered."""
        if not self.session:
            self._log_in()
        while True:
            try:
                return self._post(method, [*params, self.context])
            except TrytonAsksError as warning:
                record = {"user": 1, "name": warning.args[0]}
                self._post("model.res.user.warning.create", [[record], self.context])
            except urllib.error.HTTPError as error:
                if error.code != HTTPStatus.UNAUTHORIZED:
                    raise
                self._log_in()  # a session that nobody used for five minutes is over

    def _log_in(self) -> None:
        self.session = ""
        answer = self._post("common.db.login", [self.user, {"password": self.password}, "en"])
        self.session = base64.b64encode(f"{self.user}:{answer[0]}:{answer[1]}".encode()).decode()
        self.context = self._post("model.res.user.get_preferences", [True, {}])

    def _post(self, method: str, params: list[Any]) -> Any:
        request = urllib.request.Request(  # noqa: S310 - our own address
            f"{self.url}/{self.database}/rpc/",
            data=json.dumps({"id": 1, "method": method, "params": params}).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Session {self.session}"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own address
            document = json.loads(answer.read())
        if "error" in document:
            kind, details, *_ = document["error"]
            if kind == "UserWarning":
                raise TrytonAsksError(details[0])
            raise AssertionError(f"{method}: {document['error']}")
        return document["result"]


class TrytonAsksError(Exception):
    """Tryton warns and wants to be told to go on."""


_PRELUDE = """
import datetime as dt, json, sys
from decimal import Decimal
from proteus import Model, Wizard, config
config.set_trytond("sqlite:///shop", config_file=sys.argv[1])
from trytond.exceptions import UserWarning as Warned
def press(record, button):
    while True:
        try:
            return record.click(button)
        except Warned as warning:
            Model.get("res.user.warning")(user=config.get_config().user, name=warning.name).save()
"""


@pytest.fixture(scope="session")
def tryton_template() -> tuple[Path, Path]:
    """The interpreter of Tryton's environment and the folder with the seeded database, made if need be."""
    try:
        return _prepared(_cache())
    except Unavailable as reason:
        if os.environ.get("OMS_TUI_NO_SKIP") == "1":
            pytest.fail(f"Tryton: {reason}")
        pytest.skip(f"Tryton: {reason}")


@pytest.fixture(scope="session")
def tryton(tryton_template: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrytonServer]:
    """A server for reading: tests share it and leave it as it is."""
    yield from _serve(*tryton_template, tmp_path_factory.mktemp("tryton"))


@pytest.fixture(scope="session")
def tryton_to_change(
    tryton_template: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TrytonServer]:
    """A server to change: tests may add what they like to it and leave alone what others count on."""
    yield from _serve(*tryton_template, tmp_path_factory.mktemp("tryton"))


def _serve(python: Path, template: Path, folder: Path) -> Iterator[TrytonServer]:
    (folder / "db").mkdir()
    shutil.copy(template / "shop.sqlite", folder / "db" / "shop.sqlite")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    _configure(folder, port)
    with (folder / "trytond.log").open("wb") as log:
        process = subprocess.Popen(
            [str(python.with_name("trytond")), "-c", str(folder / "trytond.conf"), "-d", DATABASE],
            stdout=log,
            stderr=log,
        )
    server = TrytonServer(
        url=f"http://127.0.0.1:{port}",
        folder=folder,
        python=python,
        process=process,
        seed=json.loads((template / "seed.json").read_text(encoding="utf-8")),
    )
    try:
        _await(server)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(server: TrytonServer) -> None:
    request = urllib.request.Request(  # noqa: S310 - our own address
        f"{server.url}/rpc/",
        data=b'{"id":1,"method":"common.server.version","params":[]}',
        headers={"Content-Type": "application/json"},
    )
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            with urllib.request.urlopen(request, timeout=5):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"trytond did not start: {(server.folder / 'trytond.log').read_text()[-2000:]}")


def _cache() -> Path:
    named = os.environ.get("OMS_TUI_TEST_CACHE")
    folder = Path(named) if named else Path.home() / ".cache" / "oms-tui-tests"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _prepared(cache: Path) -> tuple[Path, Path]:
    """Environment and template, each made under a lock so that parallel sessions wait instead of tripping."""
    home = cache / f"tryton-{SERIES}-py{sys.version_info.major}{sys.version_info.minor}"
    day = time.strftime("%Y-%m-%d")  # the shop's fiscal year and promised days are relative to the seed's day
    digest = hashlib.sha256(_SEED.read_bytes() + repr(MODULES).encode()).hexdigest()[:12]
    template = home / f"shop-{digest}-{day}"
    with (cache / "tryton.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        python = home / "env" / "bin" / "python"
        done = home / "env.done"
        if not done.exists() or done.read_text(encoding="utf-8") != repr(MODULES):
            _install(home, python)
        if not (template / "seed.json").exists():
            _seed(home, template, python)
    return python, template


def _install(home: Path, python: Path) -> None:
    shutil.rmtree(home, ignore_errors=True)
    venv.create(home / "env", with_pip=True)
    wanted = ["trytond", *(f"trytond_{name}" for name in MODULES), "proteus"]
    try:
        _run([str(python), "-m", "pip", "install", "-q", *(f"{name}~={SERIES}.0" for name in wanted)])
    except RuntimeError as error:
        raise Unavailable(f"could not be installed from PyPI: {str(error)[-300:]}") from None
    (home / "env.done").write_text(repr(MODULES), encoding="utf-8")


def _seed(home: Path, template: Path, python: Path) -> None:
    for old in home.glob("shop-*"):
        shutil.rmtree(old)
    work = home / "work"
    shutil.rmtree(work, ignore_errors=True)
    (work / "db").mkdir(parents=True)
    _configure(work, 0)
    shutil.copy(_empty(home, python), work / "db" / "shop.sqlite")
    _run([str(python), str(_SEED), str(work / "trytond.conf"), f"sqlite:///{DATABASE}", str(work / "seed.json")])
    template.mkdir()
    shutil.move(work / "db" / "shop.sqlite", template / "shop.sqlite")
    shutil.move(work / "seed.json", template / "seed.json")
    shutil.rmtree(work)


def _empty(home: Path, python: Path) -> Path:
    """A database with the modules and nothing in it, which takes most of the time and serves every day's seed."""
    empty = home / f"empty-{hashlib.sha256(repr(MODULES).encode()).hexdigest()[:12]}.sqlite"
    if empty.exists():
        return empty
    work = home / "empty"
    shutil.rmtree(work, ignore_errors=True)
    (work / "db").mkdir(parents=True)
    (work / "db" / "shop.sqlite").touch()  # Tryton does not make the file itself
    _configure(work, 0)
    (work / "password").write_text(PASSWORD)
    admin = [str(python.with_name("trytond-admin")), "-c", str(work / "trytond.conf"), "-d", DATABASE]
    environment = {"TRYTONPASSFILE": str(work / "password")}
    _run([*admin, "--all", "--email", "admin@example.com"], environment)
    _run([*admin, "-u", *MODULES, "--activate-dependencies"], environment)
    shutil.move(work / "db" / "shop.sqlite", empty)
    shutil.rmtree(work)
    return empty


def _configure(folder: Path, port: int) -> None:
    (folder / "trytond.conf").write_text(
        f"[database]\nuri = sqlite://\npath = {folder / 'db'}\n[web]\nlisten = 127.0.0.1:{port}\n"
    )


def _run(command: Sequence[str], environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command, env={**os.environ, **(environment or {})}, capture_output=True, text=True, check=False, timeout=280
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} {command[1]}: {done.stdout[-500:]}{done.stderr[-2000:]}")
    return done.stdout
