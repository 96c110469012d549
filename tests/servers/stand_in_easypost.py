"""A stand-in for EasyPost: trackers in memory, for the faults that no recording of its traffic holds."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx

KEY = "EZAKsecret0000"


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
            return error_answer(401, "APIKEY.INACTIVE", "This api key is no longer active.")
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
        return error_answer(404, "NOT_FOUND", "The requested resource could not be found.")

    def _make(self, wanted: dict[str, str]) -> httpx.Response:
        number = wanted["tracking_code"]
        if number.startswith("BAD"):
            return error_answer(422, "TRACKER.CREATE.ERROR", "Invalid tracking number.")
        made = [one for one in self.trackers.values() if one["tracking_code"] == number]
        return httpx.Response(201, json=made[-1] if made else self.trackers[self.add(number, "unknown")])


def error_answer(status: int, code: str, message: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": code, "message": message, "errors": []}})
