"""EasyPost for tests: its recorded traffic played back, and the stand-in for the faults no recording holds."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import stamina

from connectors.base import Account
from connectors.carriers.easypost import EasyPost

sys.path.insert(0, str(Path(__file__).parents[1] / "servers"))

from stand_in_easypost import KEY, StandIn, error_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RECORDINGS = Path(__file__).parents[2].parent / "shared" / "corpus" / "payloads"


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
        return error_answer(404, "NOT_RECORDED", f"nothing recorded for {request.method} {request.url.path}")


@pytest.fixture(autouse=True)
def _no_waiting_between_retries() -> Iterator[None]:
    with stamina.set_testing(testing=True, attempts=3, cap=True):
        yield


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
