"""EasyPost: one key, any carrier.

Its API: https://docs.easypost.com/docs/trackers. A tracker is made once per parcel (making it again gives the same one
back) and from then on read in batches.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from connectors.base import Capability, Health, Manifest, Setting
from connectors.carriers.easypost_trackers import carrier_name, tracking_record
from connectors.errors import Conflict, NotFound, ProtocolError, RateLimited, Rejected, Temporary
from connectors.http import HttpApi
from connectors.records import Page, Quarantined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectors.base import Account, TrackingRef

API: Final = "https://api.easypost.com"
_BATCH: Final = 50
_PER_SECOND: Final = 10
_GIVE_UP_AFTER: Final = 3  # parcels in one run that could not be asked about: it is the network, not the parcels
_TEST_KEY: Final = "EZTK"
_ONE_PARCELS_FAULT: Final = (Rejected, Conflict)
_THE_PLACES_FAULT: Final = (Temporary, ProtocolError, NotFound)  # no network, a login page, another API's address
_VERSION: Final = "/v2"


class EasyPost:
    """Trackers of any carrier EasyPost knows."""

    manifest = Manifest(
        key="easypost",
        title="EasyPost",
        capabilities=frozenset({Capability.TRACKING}),
        settings=(
            Setting("key", "secret", required=True, help="a production API key (EZAK…)"),
            Setting(
                "carriers", "list", default=[], help="ask only about these carriers, by our names; empty: about all"
            ),
            Setting("url", default=API, help="where the API answers"),
        ),
        scale="silver",
        proof="traffic recorded by EasyPost's own Python and Ruby clients (test mode), written answers for faults",
        min_poll=timedelta(minutes=5),
    )

    def __init__(self, account: Account) -> None:
        self._name = account.name
        key = str(account.values["key"])
        self._test_key = key.startswith(_TEST_KEY)
        self._carriers = frozenset(str(name).casefold() for name in account.values.get("carriers") or ())
        self._api = HttpApi(
            account,
            str(account.values.get("url") or API).rstrip("/").removesuffix(_VERSION),  # as its documentation writes it
            auth=(key, ""),
            redact=(key,),
            per_second=_PER_SECOND,
            burst=_PER_SECOND,
        )

    def check(self) -> Health:
        """List one tracker: the key is good. A test key works, but its parcels are invented."""
        self._list_of(self._api.json("/v2/trackers", {"page_size": 1}))
        missing = ("a production key: with this test key EasyPost answers about invented parcels",)
        return Health(
            ok=True, detail="EasyPost", missing=missing if self._test_key else (), clock_skew=self._api.clock_skew
        )

    def close(self) -> None:
        """Let go of connections."""
        self._api.close()

    def carriers(self) -> frozenset[str] | None:
        """Those of the config; None: any."""
        return self._carriers or None

    def track(self, refs: Sequence[TrackingRef]) -> Page:
        """What the carriers say of the parcels.

        A parcel EasyPost refuses, or answers about unreadably, is quarantined and the others still come. What concerns
        the account (a wrong key, a limit, no network) is raised, unless something was read before it happened: that is
        handed over with ``more`` set, so that a desk with thousands of parcels gets on from run to run.
        """
        page = Page()
        known = [ref for ref in refs if ref.remote_id]
        trackers: dict[str, Any] = {}
        for start in range(0, len(known), _BATCH):
            trackers.update(self._batch(known[start : start + _BATCH]))
        out_of_reach: list[Temporary | ProtocolError | NotFound] = []
        for ref in refs:
            try:
                self._take(page, trackers.get(ref.remote_id) or self._one(ref), ref)
            except _ONE_PARCELS_FAULT as error:
                page.quarantined.append(Quarantined(_person_ref(ref), str(error)))
            except _THE_PLACES_FAULT as error:
                out_of_reach.append(error)
                page.quarantined.append(Quarantined(_person_ref(ref), str(error)))
            except RateLimited:
                if not page.records:
                    raise
                page.more = True
                break
            if len(out_of_reach) == _GIVE_UP_AFTER:
                page.more = True
                break
        if out_of_reach and not page.records:
            raise out_of_reach[0]
        return page

    def _take(self, page: Page, tracker: Any, ref: TrackingRef) -> None:
        try:
            record, faults = tracking_record(tracker, ref)
        except ValueError as error:
            faults = [str(error)]
        else:
            page.records.append(record)
        page.quarantined.extend(Quarantined(_person_ref(ref), f"{self._name}: {fault}") for fault in faults)

    def _batch(self, refs: Sequence[TrackingRef]) -> dict[str, Any]:
        """Trackers by their id. A number that was used twice has several: only the ids asked for count."""
        numbers = list(dict.fromkeys(ref.tracking_number for ref in refs))
        try:
            # A read, though it is a POST: there are too many numbers for an address line.
            answer = self._api.post("/v2/trackers/batch", json={"tracking_codes": numbers}, safe=True).json()
        except (*_ONE_PARCELS_FAULT, ProtocolError, NotFound):
            return {}  # one of them spoils the batch: each is asked about by itself, and the bad one is found
        return {tracker["id"]: tracker for tracker in self._list_of(answer) if isinstance(tracker.get("id"), str)}

    def _one(self, ref: TrackingRef) -> Any:
        if ref.remote_id:
            try:
                return self._api.json(f"/v2/trackers/{_path_part(ref.remote_id)}")
            except NotFound:
                pass  # deleted over there: make it anew
        wanted = {"tracking_code": ref.tracking_number}
        if name := carrier_name(ref.carrier):
            wanted["carrier"] = name
        # Repeating it is harmless (the same tracker comes back), so it is retried like a read.
        return self._api.post("/v2/trackers", json={"tracker": wanted}, safe=True).json()

    def _list_of(self, answer: Any) -> list[dict[str, Any]]:
        trackers = answer.get("trackers") if isinstance(answer, dict) else None
        if not isinstance(trackers, list):
            raise ProtocolError(f"{self._name}: EasyPost's list of trackers has no trackers in it")
        return [tracker for tracker in trackers if isinstance(tracker, dict)]


def _person_ref(ref: TrackingRef) -> str:
    return f"parcel {ref.carrier} {ref.tracking_number}".replace("  ", " ")


def _path_part(remote_id: str) -> str:
    if not remote_id.replace("_", "").isalnum():
        raise Rejected(f"{remote_id[:60]!r} is no tracker of EasyPost's", field="remote_id")
    return remote_id
