"""EasyPost held against the contract, on a stand-in that answers as its recorded traffic does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import httpx
from harness import Harness, Refused
from servers.stand_in_easypost import KEY, StandIn

from connectors.base import Account, TrackingRef
from connectors.errors import AuthExpired, ProtocolError, Temporary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_URL = "https://api.easypost.com"
_TEXTS = ("الطرد في الطريق", "Doręczono do sąsiada", "evil \u202etxt \x1b[31mred", "x" * 5000)
_NO_CURSOR = "EasyPost is asked about given parcels: there is no stream with a cursor and no page to cut"


@dataclass
class EasyPostHarness(Harness):
    """Five parcels, of which each is known by its tracker."""

    key: ClassVar[str] = "easypost"
    not_applicable: ClassVar[Mapping[int, str]] = {
        3: _NO_CURSOR,
        4: _NO_CURSOR,
        5: _NO_CURSOR,
        6: _NO_CURSOR,
        10: "parcels carry no money",
        11: "EasyPost is only read: making a tracker again gives the same one back",
        12: "EasyPost is only read",
        15: _NO_CURSOR,
    }
    server: StandIn = field(default_factory=StandIn)

    def __post_init__(self) -> None:
        for n, text in enumerate(_TEXTS):
            scan = {
                "datetime": "2026-11-16T09:00:00-06:00",
                "status": "in_transit",
                "status_detail": "departed_facility",
            }
            self.server.add(
                f"1Z{n:016}", "in_transit", "departed_facility", tracking_details=[{**scan, "message": text}]
            )

    def account(self, **options: Any) -> Account:
        return self._account({"key": KEY, "carriers": [], "url": _URL}, options)

    def network(self) -> httpx.BaseTransport | None:
        return httpx.MockTransport(self.server.handle)

    def secrets(self) -> Sequence[str]:
        return (KEY,)

    def refused(self) -> Sequence[Refused]:
        def answer(status: int, text: str) -> dict[str, Any]:
            return {"transport": httpx.MockTransport(lambda _: httpx.Response(status, text=text))}

        def refuse(_: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("Name or service not known")

        good = {"key": KEY, "carriers": [], "url": _URL}
        return (
            Refused("wrong key", self._account({**good, "key": "EZAKwrong0000"}, {}), AuthExpired),
            Refused("expired", self._account(good, answer(401, "{}")), AuthExpired),
            Refused("wrong host", self._account(good, {"transport": httpx.MockTransport(refuse)}), Temporary),
            Refused("a page, not the API", self._account(good, answer(200, "<html>Hello</html>")), ProtocolError),
        )

    def seeded(self) -> Mapping[str, set[str]]:
        return {"parcels": set(self.server.trackers)}

    def parcels(self) -> Sequence[TrackingRef]:
        return [TrackingRef("ups", one["tracking_code"], remote_id) for remote_id, one in self.server.trackers.items()]

    def records_in(self, document: Any) -> list[dict[str, Any]]:
        if not isinstance(document, dict):
            return []
        return list(document["trackers"]) if isinstance(document.get("trackers"), list) else [document]

    def hostile(self) -> Mapping[str, Sequence[str]]:
        return {"parcels": _TEXTS}

    def _account(self, values: dict[str, Any], options: dict[str, Any]) -> Account:
        return Account("parcels", values, self.folder, {"transport": self.network(), **options})
