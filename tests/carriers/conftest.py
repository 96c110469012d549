"""EasyPost for tests: its recorded traffic played back, and a small stand-in for the faults no recording holds."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from connectors.base import Account
from connectors.carriers.easypost import EasyPost

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = "EZAKsecret0000"
RECORDINGS = Path(__file__).parents[2].parent / "shared" / "corpus" / "payloads"


class StandIn:
    """Trackers in memory behind EasyPost's paths. ``answers`` puts an answer in front of a path, once each."""

    def __init__(self) -> None:
        self.trackers: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, str, Any]] = []
        self.answers: dict[str, list[httpx.Response | Exception]] = {}

    def add(self, number: str, status: str, detail: str = "status_update", **more: Any) -> str:
        remote_id = f"trk_{len(self.trackers):032x}"
        self.trackers[remote_id] = {
            "id": remote_id,
            "object": "Tracker",
            "mode": "production",
            "tracking_code": number,
            "status": status,
            "status_detail": detail,
            "carrier": "UPS",
            "tracking_details": [],
            "est_delivery_date": None,
            "updated_at": "2026-11-16T08:00:00Z",
            "public_url": "https://track.easypost.com/x",
            **more,
        }
        return remote_id

    def handle(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        path = request.url.path
        self.asked.append((request.method, path, body))
        if request.headers.get("authorization") != "Basic " + base64.b64encode(f"{KEY}:".encode()).decode():
            return _error(401, "APIKEY.INACTIVE", "This api key is no longer active.")
        if self.answers.get(path):
            answer = self.answers[path].pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        return self._route(request.method, path, body)

    def _route(self, method: str, path: str, body: Any) -> httpx.Response:
        if path == "/v2/trackers/batch":
            asked = [one for one in self.trackers.values() if one["tracking_code"] in body["tracking_codes"]]
            return httpx.Response(200, json={"trackers": asked})
        if path == "/v2/trackers" and method == "POST":
            return self._make(body["tracker"])
        if path == "/v2/trackers":
            return httpx.Response(200, json={"trackers": [*self.trackers.values()][:1], "has_more": False})
        remote_id = path.rpartition("/")[2]
        if remote_id in self.trackers:
            return httpx.Response(200, json=self.trackers[remote_id])
        return _error(404, "NOT_FOUND", "The requested resource could not be found.")

    def _make(self, wanted: dict[str, str]) -> httpx.Response:
        number = wanted["tracking_code"]
        if number.startswith("BAD"):
            return _error(422, "TRACKER.CREATE.ERROR", "Invalid tracking number.")
        made = [one for one in self.trackers.values() if one["tracking_code"] == number]
        return httpx.Response(201, json=made[-1] if made else self.trackers[self.add(number, "unknown")])


def _error(status: int, code: str, message: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": code, "message": message, "errors": []}})


class Playback(httpx.BaseTransport):
    """Answers with what was recorded for the same method, path and body, each recording once."""

    def __init__(self, *recordings: Path) -> None:
        self.left = [exchange for path in recordings for exchange in json.loads(path.read_text())]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        for exchange in self.left:
            recorded = exchange["request"]
            same = (recorded["method"], recorded["body"]) == (request.method, body)
            if same and httpx.URL(recorded["uri"]).path == request.url.path:
                self.left.remove(exchange)
                answer = exchange["response"]
                return httpx.Response(answer["status"], json=answer["body"])
        return _error(404, "NOT_RECORDED", f"nothing recorded for {request.method} {request.url.path}")


@pytest.fixture
def stand_in() -> StandIn:
    return StandIn()


@pytest.fixture
def easypost(stand_in: StandIn, tmp_path: Path) -> Callable[..., EasyPost]:
    """Makes a connector onto the stand-in, or onto another transport."""

    def make(transport: httpx.BaseTransport | None = None, **values: Any) -> EasyPost:
        settings = {"key": KEY, "carriers": [], "url": "https://api.easypost.com", **values}
        options = {"transport": transport or httpx.MockTransport(stand_in.handle)}
        return EasyPost(Account("parcels", settings, tmp_path, options))

    return make


@pytest.fixture
def playback() -> Callable[..., Playback]:
    """Plays recordings of EasyPost's traffic, named by folder and file."""

    def play(*names: str) -> Playback:
        paths = [RECORDINGS / name for name in names]
        if not all(path.is_file() for path in paths):
            pytest.skip(f"no recordings of EasyPost's traffic in {RECORDINGS}")
        return Playback(*paths)

    return play
