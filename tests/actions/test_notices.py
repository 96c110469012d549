"""A customer hears once that their parcel is on its way, and somebody hears of it when they cannot."""

from __future__ import annotations

import json
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

import pytest
from actions.acting import World, moment, order

from connectors.records import OrderRef, ShipmentRecord, TrackingEventRecord, TrackingRecord
from oms_tui.config_model import Notice
from oms_tui.store.reads.outbox import outbox
from oms_tui.sync.notices import Notices

if TYPE_CHECKING:
    from actions.acting import Clock

    from oms_tui.store.session import Session

SHIPPED = """title: Shipped
subject: Your order {{ order.number }} is on its way

Dear {{ customer.first_name }},

{{ parcel.carrier }} has your parcel {{ parcel.number }}. Follow it: {{ parcel.url }}
"""


@pytest.fixture
def world(session: Session, clock: Clock) -> World:
    assert session.macros is not None
    (session.macros / "shipped.md").write_text(SHIPPED, encoding="utf-8")
    return World(session, clock)


def notices(world: World, name: str = "shipped", **more: str) -> Notices:
    found = Notices(world.session, {name: Notice(name, "shipped", **more)})
    found.tick()  # from now on it is in force
    return found


def parcel(world: World, number: str = "1042", place: str = "1", **more: object) -> ShipmentRecord:
    given: dict[str, object] = {
        "remote_id": f"s{number}-{place}",
        "order": OrderRef(remote_id=f"r{number}"),
        "carrier": "dhl",
        "tracking_number": f"00340434161{number}{place}",
        "state": "shipped",
        "shipped_at": moment(world.clock.now),
        "tracking_url": f"https://dhl.example/{number}{place}",
    }
    return ShipmentRecord(**(given | more))  # type: ignore[arg-type]


def test_one_mail_with_carrier_number_and_link_however_often_it_is_synced(world: World) -> None:
    world.orders(order("1042"))
    watch = notices(world)
    world.clock.pass_(hours=1)
    for _ in range(3):
        world.feed("depot", parcel(world))
        watch.tick()
    notices(world).tick()  # another worker, which has seen nothing
    (item,) = outbox(world.session.store)
    assert (item.state, item.recipients) == ("held", ("jan@firma.example",))
    text = message_from_bytes(world.row(item.id)["raw"], policy=policy.default).get_content()  # type: ignore[attr-defined]
    assert "DHL has your parcel 0034043416110421" in text
    assert "https://dhl.example/10421" in text
    assert "Bright Shop" in text


def test_each_parcel_of_an_order_is_told_of_by_itself(world: World) -> None:
    world.orders(order("1042"))
    watch = notices(world)
    world.clock.pass_(hours=1)
    world.feed("depot", parcel(world, place="1"))
    watch.tick()
    world.feed("depot", parcel(world, place="2"))
    watch.tick()
    bodies = [world.row(item.id)["body"] for item in outbox(world.session.store)]
    assert sorted(body.count("0034043416110421") for body in bodies) == [0, 1]
    assert sorted(body.count("0034043416110422") for body in bodies) == [0, 1]


def test_what_left_before_the_notice_stood_in_the_config_is_nobodys_news(world: World) -> None:
    world.orders(order("1042"))
    world.feed("depot", parcel(world))
    world.clock.pass_(minutes=5)
    watch = notices(world)
    watch.tick()
    assert outbox(world.session.store) == ()


def test_an_order_without_an_address_is_shown_to_people_and_not_passed_over(world: World) -> None:
    world.orders(order("1042", email="", customer=None))
    watch = notices(world)
    world.clock.pass_(hours=1)
    world.feed("depot", parcel(world))
    watch.tick()
    watch.tick()
    (item,) = outbox(world.session.store)
    assert (item.state, item.error) == ("failed", "the order has no mail address")
    assert [kind for kind, _, _ in world.events("1042")] == ["mail_failed"]


def test_a_value_that_is_missing_is_not_sent_as_a_gap(world: World) -> None:
    world.orders(order("1042"))
    watch = notices(world)
    world.clock.pass_(hours=1)
    world.feed("depot", parcel(world, tracking_url=""))
    watch.tick()
    (item,) = outbox(world.session.store)
    assert item.state == "failed"
    assert "parcel.url" in item.error


def test_orders_it_is_not_for_get_none(world: World) -> None:
    world.orders(order("1042", tags=("quiet",)), order("1043"))
    watch = notices(world, when="-tag:quiet")
    world.clock.pass_(hours=1)
    world.feed("depot", parcel(world, "1042"), parcel(world, "1043"))
    watch.tick()
    assert [item.number for item in outbox(world.session.store)] == ["1043"]


def test_a_delivery_is_told_when_the_carrier_scans_it(world: World) -> None:
    world.orders(order("1042"))
    world.feed("depot", parcel(world))
    watch = notices(world, "delivered")
    world.clock.pass_(hours=20)
    scan = TrackingEventRecord(moment(world.clock.now), "delivered", "D1", "Delivered")
    world.feed("carrier", TrackingRecord("dhl", "0034043416110421", "delivered", events=(scan,)))
    watch.tick()
    watch.tick()
    (item,) = outbox(world.session.store)
    assert json.loads(world.row(item.id)["recipients"]) == ["jan@firma.example"]
