"""What systems should not answer: each is words with what to do in `status`, and the other sources go on.

Seen from outside: a config written by hand, the command line, and servers on loopback that misbehave.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONFIG = """
[desk]
name = "Bright Shop"
portable = true
[agents.ana]
name = "Ana Ruiz"
role = "lead"
[sources.shop]
kind = "files"
path = "exports"
[sources.books]
kind = "stripe"
key = {{ env = "BOOKS_KEY" }}
url = "http://127.0.0.1:{port}"
[sources.parcels]
kind = "easypost"
key = {{ env = "PARCELS_KEY" }}
url = "http://127.0.0.1:{port}/v2"
[sources.erp]
kind = "tryton"
url = "http://127.0.0.1:{port}"
database = "shop"
user = "oms"
password = {{ env = "ERP_PASSWORD" }}
"""
SECRETS = {"BOOKS_KEY": "sk_live_verysecret1", "PARCELS_KEY": "EZAKverysecret2", "ERP_PASSWORD": "verysecret3"}
ORDERS = (
    "number,placed_at,email,name,total,currency,payment_status\n"
    "7,2026-11-20T10:00:00Z,jan@firma.example,Jan Kowal,10,EUR,paid\n"
)
SHIPMENTS = "order_number,carrier,tracking_number,shipped_at\n7,ups,1Z999AA10123456784,2026-11-21T10:00:00Z\n"
ANSWERS = {
    "a login page": (200, "text/html", b"<html><title>Sign in</title><body>Please sign in</body></html>", {}),
    "half a document": (200, "application/json", b'{"data": [{"id": "ch_1", "amou', {}),
    "another document": (200, "application/json", b"[1, 2, 3]", {}),
    "nothing": (200, "application/json", b"", {}),
    "a broken gateway": (502, "text/html", b"<h1>502 Bad Gateway</h1>", {}),
    "a withdrawn key": (401, "application/json", b'{"error": {"message": "this key was withdrawn"}}', {}),
    "a missing right": (403, "application/json", b'{"error": {"message": "not for you"}}', {}),
    "a used up quota": (429, "application/json", b'{"error": {"message": "slow down"}}', {"Retry-After": "3600"}),
    "another address": (404, "text/html", b"<h1>Not found</h1>", {}),
    "a body cut off": (200, "application/json", b'{"data": [', {"Content-Length": "5000"}),
}


@dataclass
class Shop:
    """A desk with three systems at one misbehaving server, and one that is well."""

    folder: Path
    answer: tuple[int, str, bytes, dict[str, str]] = ANSWERS["nothing"]
    port: int = 0

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "oms_tui.cli", "--config", str(self.folder), *arguments]
        environment = {**os.environ, **SECRETS}
        return subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=110, env=environment, stdin=subprocess.DEVNULL
        )

    def status(self) -> dict[str, Any]:
        return {each["source"]: each for each in json.loads(self.run("status", "--json").stdout)["items"]}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)

    class Misbehaving(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, kind, body, more = made.answer
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_WR)
            self.close_connection = True

        do_POST = do_GET  # noqa: N815 - the library's name

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Misbehaving)
    made.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "orders.csv").write_text(ORDERS, "utf-8")
    (tmp_path / "exports" / "shipments.csv").write_text(SHIPMENTS, "utf-8")
    (tmp_path / "config.toml").write_text(CONFIG.format(port=made.port), "utf-8")
    yield made
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_system_that_answers_wrongly_is_told_and_the_rest_goes_on(shop: Shop, answer: str) -> None:
    shop.answer = ANSWERS[answer]
    done = shop.run("sync", "--once")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert "fault of ours" not in done.stderr
    found = shop.status()
    assert found["shop"]["state"] == "ok"
    assert json.loads(shop.run("show", "7", "--json").stdout)["order"]["number"] == "7"
    for name in ("books", "parcels", "erp"):
        if found[name]["quarantined"]:  # what came is JSON, and may be a fault of this one parcel's
            assert "1Z999AA10123456784" in shop.run("doctor", "--offline").stdout
            continue
        assert found[name]["error"], f"{name} says what is wrong"
        assert len(found[name]["hint"]) > 20, f"{name} says what to do"
        assert f"{name}: " in done.stderr
        assert found[name]["records"] == 0
        if answer != "a used up quota":
            assert found[name]["state"] == "failed"
    told = (
        done.stdout + done.stderr + json.dumps(found) + (shop.folder / "data" / "logs" / "sync.log").read_text("utf-8")
    )
    assert not any(secret in told for secret in SECRETS.values())


def test_when_it_is_well_again_nothing_is_left_of_it(shop: Shop) -> None:
    shop.answer = ANSWERS["a broken gateway"]
    shop.run("sync", "--once")
    assert shop.status()["books"]["state"] == "failed"
    shop.answer = (200, "application/json", b'{"object": "list", "data": [], "has_more": false}', {})
    shop.run("sync", "--once", "books")
    books = shop.status()["books"]
    assert (books["state"], books["error"], books["hint"]) == ("ok", None, None)


def test_a_server_that_is_not_there_is_told(shop: Shop) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (shop.folder / "config.toml").write_text(CONFIG.format(port=port), "utf-8")
    done = shop.run("sync", "--once")
    assert done.returncode == 3
    found = shop.status()
    assert {found[name]["state"] for name in ("books", "parcels", "erp")} == {"failed"}
    assert all("connect" in found[name]["error"] for name in ("books", "parcels", "erp"))
    assert found["shop"]["state"] == "ok"
