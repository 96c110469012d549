"""Rules in the worker: in the round of what they are about, at once while it follows, and not before all is read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from worker.test_worker import PARCELS, SHOP, SUPPORT, Place, place, soon

from connectors.errors import AuthExpired
from oms_tui.store.reads.outbox import drafts_of
from oms_tui.store.reads.rules import last_runs

if TYPE_CHECKING:
    from servers.scripted_shop import Script

    from oms_tui.store.session import Session

__all__ = ["place"]

PARCEL = "00340434161094015902"
CUSTOMS = (
    '[rules.customs]\nwhen = "tracking:exception is:untold"\ndo = "draft"\nfields = { macro = "customs" }\n'
    'again = "returns"\n'
)
TAG = '[rules.tagged]\nwhen = "payment:paid"\ndo = "tag"\nfields = { tags = "paid" }\n'


def runs(session: Session) -> list[tuple[str, str, str]]:
    return [(run["rule"], run["number"], run["state"]) for run in last_runs(session.store)]


def with_macro(place: Place) -> None:
    (place.folder / "macros").mkdir()
    (place.folder / "macros" / "customs.md").write_text("title: Customs\n\nDear customer, it is held.\n", "utf-8")


def a_late_parcel(shops: dict[str, Script]) -> None:
    shops["shop"].order(
        "1", email="jan@cust.example", payment_status="paid", promised_at=datetime.now(UTC) - timedelta(days=2)
    )
    shops["shop"].parcel("1", PARCEL)


def test_a_draft_lies_there_after_the_round_that_brought_the_exception_and_only_one(
    place: Place, shops: dict[str, Script]
) -> None:
    place.config(SHOP, PARCELS, SUPPORT, CUSTOMS)
    with_macro(place)
    a_late_parcel(shops)
    shops["parcels"].parcels[PARCEL] = "in_transit"
    place.once()
    shops["parcels"].parcels[PARCEL] = "exception"
    for _ in range(2):
        place.once()
        _, session = place.session()
        with session.store:
            (draft,) = drafts_of(session.store, "shop", "1")
            assert draft.prepared_by == "rule:customs"
            assert runs(session) == [("customs", "1", "done")]


def test_while_the_worker_follows_a_rule_acts_within_a_moment(place: Place, shops: dict[str, Script]) -> None:
    place.config(SHOP, PARCELS, TAG)
    with place.following() as session:
        shops["shop"].order("1", payment_status="pending")
        soon(lambda: session.store.cache.execute("SELECT 1 FROM queue_row").fetchone())
        assert runs(session) == []
        shops["shop"].order("1", payment_status="paid", updated_at=datetime.now(UTC))
        soon(lambda: runs(session) == [("tagged", "1", "done")])
        soon(lambda: session.store.cache.execute("SELECT tags FROM queue_row").fetchone() == ('["paid"]',))


def test_a_rule_in_a_file_of_its_own_is_taken_over_while_the_worker_follows(
    place: Place, shops: dict[str, Script]
) -> None:
    place.config(SHOP)
    shops["shop"].order("1", payment_status="paid")
    with place.following() as session:
        soon(lambda: session.store.cache.execute("SELECT 1 FROM queue_row").fetchone())
        (place.folder / "rules").mkdir()
        (place.folder / "rules" / "tagged.toml").write_text(TAG.partition("\n")[2], "utf-8")
        soon(lambda: runs(session) == [("tagged", "1", "done")])


def test_nothing_is_done_while_a_source_was_never_read(place: Place, shops: dict[str, Script]) -> None:
    place.config(SHOP, PARCELS, TAG)
    a_late_parcel(shops)
    shops["parcels"].fault = AuthExpired("parcels: the key is wrong")
    place.once()
    _, session = place.session()
    with session.store:
        assert runs(session) == []
    shops["parcels"].fault = None
    place.once()
    _, session = place.session()
    with session.store:
        assert runs(session) == [("tagged", "1", "done")]
