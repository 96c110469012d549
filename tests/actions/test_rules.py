"""What is done by itself: once to an order, by name in the log, whatever happens to the worker or the cache."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from actions.acting import World, at, moment, order

from connectors.records import LineRecord, OrderRef, ShipmentRecord, TrackingEventRecord, TrackingRecord
from oms_tui.actions.base import Refused
from oms_tui.actions.by_rule import as_rule, forget, ready, take_back, would
from oms_tui.domain.rules import Rule
from oms_tui.store import desk_rows
from oms_tui.store.reads.agent_notices import count_open, notices_for
from oms_tui.store.reads.outbox import drafts_of, outbox
from oms_tui.store.reads.queue import items
from oms_tui.store.reads.rules import found, last_runs, not_read_yet
from oms_tui.store.settle import settle
from oms_tui.store.workspace import Workspace
from oms_tui.store.writes.source_actions import declare
from oms_tui.sync.rules import Rules

if TYPE_CHECKING:
    from actions.acting import Clock

    from oms_tui.store.session import Session

RELEASE = Rule("release", "payment:paid stock:ok state:open", "release")
TAG = Rule("gift", "total:>50 payment:paid", "tag", {"tags": "gift"})


@pytest.fixture
def world(session: Session, clock: Clock) -> World:
    declare(session.store.cache, "shop", ["release", "hold"])
    return World(session, clock)


def rules(world: World, *listed: Rule) -> Rules:
    """A worker that has just started."""
    return Rules(world.session, listed, ())


def tick(world: World, watch: Rules) -> int:
    done = watch.tick(whole=True)
    settle(world.session.store, world.session.policy, world.clock.now)
    world.derive()
    return done


def runs(world: World, rule: str = "") -> list[tuple[str, str]]:
    return [(run["number"], run["state"]) for run in last_runs(world.session.store, rule)]


def test_a_rule_acts_once_on_an_order_and_the_log_has_its_name(world: World) -> None:
    world.orders(order("1042"), order("1043", payment_status="pending"))
    watch = rules(world, RELEASE)
    assert [tick(world, watch) for _ in range(3)] == [1, 0, 0]
    assert tick(world, rules(world, RELEASE)) == 0, "a worker that knows nothing"
    (item,) = outbox(world.session.store)
    assert (item.number, item.kind, item.agent) == ("1042", "order_action", "rule:release")
    assert ("action_asked", "rule:release", "release to the warehouse (asked of shop)") in world.events("1042")
    assert world.events("1043") == []
    assert runs(world) == [("1042", "queued")]


def test_an_order_that_comes_to_be_such_a_one_is_found_by_the_feed_alone(world: World) -> None:
    watch = rules(world, TAG)
    world.orders(order("1042", payment_status="pending"))
    watch.tick()
    watch.tick()
    world.clock.pass_(minutes=1)
    world.orders(order("1042", version="v2"))
    assert watch.tick() == 1
    assert runs(world) == [("1042", "done")]


def test_a_rule_killed_between_the_deed_and_its_record_has_done_neither_and_then_does_it_once(world: World) -> None:
    world.orders(order("1042"))
    folder = world.session.store.folder
    child = os.fork()
    if not child:  # a worker that dies in the middle of the transaction, as by kill -9
        with Workspace(folder) as store:
            rule = ready(world.session.on(store), TAG)
            real = desk_rows.put

            def dies(connection: Any, table: str, values: Any) -> Any:
                if table == "rule_runs":
                    os._exit(9)
                return real(connection, table, values)

            desk_rows.put = dies
            from oms_tui.actions.by_rule import carry_out

            carry_out(world.session.on(store), rule, items(store, [world.id("1042")])[0])
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 9, "it died where it was to die"
    assert world.events("1042") == []
    assert tick(world, rules(world, TAG)) == 1
    assert [kind for kind, *_ in world.events("1042")] == ["tagged"]


def test_a_dry_run_says_what_would_happen_and_changes_nothing(world: World) -> None:
    world.orders(order("1042"))
    rule = ready(world.session, TAG)
    before = world.session.store.desk.total_changes
    (item,) = items(world.session.store, found(world.session.store, rule.tree, now=world.clock.now, zone=ZONE(world)))
    done = would(world.session, rule, item)
    assert (done.number, done.result, done.why) == ("1042", "previewed", "tagged gift")
    assert world.session.store.desk.total_changes == before
    assert tick(world, rules(world, TAG)) == 1, "and it is still to be done"


def ZONE(world: World) -> Any:  # noqa: N802 - reads as the constant it is
    return world.session.policy.zone


def test_what_was_refused_is_kept_with_its_reason_and_tried_again_when_the_order_changed(world: World) -> None:
    declare(world.session.store.cache, "shop", [])
    world.orders(order("1042"))
    watch = rules(world, RELEASE)
    assert tick(world, watch) == 0
    (run,) = last_runs(world.session.store)
    assert run["state"] == "refused"
    assert "shop cannot release from here" in run["words"]
    before = world.session.store.desk.total_changes
    world.clock.pass_(minutes=5)
    tick(world, watch)
    assert world.session.store.desk.total_changes == before, "nothing is tried while nothing has changed"
    declare(world.session.store.cache, "shop", ["release"])
    world.orders(order("1042", version="v2", total=9900))
    assert tick(world, watch) == 1
    assert runs(world) == [("1042", "queued")]


def test_a_rule_that_was_changed_leaves_orders_alone_that_it_acted_on(world: World) -> None:
    world.orders(order("1042"))
    tick(world, rules(world, TAG))
    other = Rule("gift", "total:>10", "tag", {"tags": "gift large"})
    assert other.definition != TAG.definition
    assert tick(world, rules(world, other)) == 0
    assert forget(world.session, "gift") == 1, "unless somebody asks"
    assert tick(world, rules(world, other)) == 1


def test_a_worker_notices_that_a_rule_may_act_once_more(world: World) -> None:
    world.orders(order("1042"))
    watch = rules(world, TAG)
    tick(world, watch)
    tick(world, watch)
    forget(world.session, "gift", [("shop", "r1042")])
    world.do("tag", "1042", tags="-gift")
    assert tick(world, watch) == 1


def test_a_rule_may_act_again_when_an_order_left_and_came_back_but_not_in_circles(world: World) -> None:
    rule = Rule("back", "payment:paid", "note", {"text": "paid again"}, again="returns")
    world.orders(order("1042"))
    watch = rules(world, rule)
    assert tick(world, watch) == 1
    world.orders(order("1042", version="v2", payment_status="refunded"))
    assert tick(world, watch) == 0
    world.orders(order("1042", version="v3"))
    assert tick(world, watch) == 0, "not within the hour: two rules may undo each other"
    world.clock.pass_(hours=2)
    assert tick(world, watch) == 1
    assert tick(world, watch) == 0


def test_one_rule_may_bring_about_another_and_both_come_to_rest(world: World) -> None:
    there = Rule("there", "total:>50 -tag:seen", "tag", {"tags": "seen"}, again="returns")
    back = Rule("back", "tag:seen", "tag", {"tags": "-seen"}, again="returns")
    world.orders(order("1042"))
    watch = rules(world, there, back)
    assert sum(tick(world, watch) for _ in range(20)) == 2


def test_a_tick_is_bounded_and_the_next_one_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oms_tui.sync.rules.MOST", 2)
    world.orders(*(order(str(2000 + each)) for each in range(5)))
    watch = rules(world, TAG)
    watch.tick(whole=True)
    assert len(runs(world)) == 2
    assert [watch.tick(), watch.tick(), watch.tick()] == [2, 1, 0]


def test_a_cache_made_anew_makes_no_rule_act_again(world: World, clock: Clock) -> None:
    shop = order("1042")
    world.orders(shop)
    tick(world, rules(world, TAG, RELEASE))
    folder = world.session.store.folder
    world.session.store.put_cache_aside("rebuilt")
    with Workspace(folder) as store:
        again = World(world.session.on(store), clock)
        declare(store.cache, "shop", ["release"])
        again.orders(shop)
        settle(store, again.session.policy, clock.now)
        assert tick(again, rules(again, TAG, RELEASE)) == 0
        assert len(runs(again)) == 2


def test_nothing_is_done_before_every_source_was_read(world: World) -> None:
    world.orders(order("1042"))
    waiting = Rules(world.session, [RELEASE], ["shop", "depot"])
    assert not_read_yet(world.session.store, ["shop", "depot"]) == ["shop", "depot"]
    assert waiting.tick(whole=True) == 0
    assert runs(world) == []


def test_what_a_rule_did_is_taken_back_by_an_agent_and_stays_so(world: World) -> None:
    world.orders(order("1042"))
    watch = rules(world, TAG)
    tick(world, watch)
    assert take_back(world.session, "gift", "shop", "r1042") == "tagged gift"
    assert world.events("1042")[-1] == ("undone", "ana", "undone: 1042: tagged gift")
    assert runs(world) == [("1042", "undone")]
    assert tick(world, watch) == 0
    with pytest.raises(Refused, match="nothing to this order"):
        take_back(world.session, "gift", "shop", "r1042")


def test_a_rule_that_is_switched_off_does_nothing(world: World) -> None:
    world.orders(order("1042"))
    assert tick(world, rules(world, Rule("gift", TAG.when, TAG.do, TAG.fields, enabled=False))) == 0


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule("x", "paymnt:paid", "tag", {"tags": "a"}), "paymnt"),
        (Rule("x", "owner:me", "tag", {"tags": "a"}), "a rule is nobody"),
        (Rule("x", "payment:paid", "tga"), "there is no action 'tga'"),
        (Rule("x", "payment:paid", "tag"), "Tags is missing"),
        (Rule("x", "payment:paid", "tag", {"tag": "a"}), "tag has no field 'tag'"),
        (Rule("x", "payment:paid", "assign"), "name an agent"),
        (Rule("x", "payment:paid", "assign", {"owner": "bob"}), "there is no agent 'bob'"),
        (Rule("x", "payment:paid", "log_call", {"outcome": "reached"}), "a call is made by a person"),
        (Rule("x", "payment:paid", "refund"), "without_asking"),
        (Rule("x", "has:mail", "send"), "without_asking"),
        (Rule("x", "payment:paid", "cancel", {"reason": "late"}), "without_asking"),
        (Rule("x", "payment:paid", "draft", {"macro": "nothing-like-it"}), "there is no macro"),
    ],
)
def test_a_rule_that_cannot_be_carried_out_is_said_and_not_carried_out(world: World, rule: Rule, words: str) -> None:
    world.orders(order("1042"))
    with pytest.raises(Refused, match=words) as refused:
        ready(world.session, rule)
    assert refused.value.code == "usage"
    assert tick(world, rules(world, rule, TAG)) == 1, "the others go on"


def test_with_leave_a_rule_refunds_once(world: World) -> None:
    rule = ready(world.session, Rule("x", "payment:paid", "refund", without_asking=True))
    assert rule.action.id == "refund"


# ---- telling the lead


def test_a_rule_tells_the_lead_and_one_of_them_sees_to_it(world: World, session: Session) -> None:
    world.orders(order("1042"))
    rule = Rule("tell", "payment:paid", "escalate", {"to": "lead", "why": "look at this"})
    tick(world, rules(world, rule))
    lea, ana = as_lead(session), session
    (notice,) = notices_for(lea)
    assert (notice.number, notice.words, notice.sender) == ("1042", "look at this", "rule:tell")
    assert (count_open(lea), count_open(ana)) == (1, 0)
    take_back(as_lead(session), "tell", "shop", "r1042")
    assert count_open(lea) == 0


def as_lead(session: Session) -> Session:
    from actions.acting import as_agent

    return as_agent(session, "lea")


# ---- drafts before the customer asks

CUSTOMS = """title: Customs
subject: Your order {{ order.number }} waits at customs

Dear {{ customer.first_name }},

your parcel {{ parcel.number }} waits at customs.
"""
PREPARE = Rule("customs", "tracking:exception is:untold", "draft", {"macro": "customs"})


def on_its_way(world: World, status: Any, *, reason: str = "", when: str = "2026-11-26T03:12") -> None:
    sent = moment(at("2026-11-24T10:00"))
    world.feed(
        "depot",
        ShipmentRecord(
            remote_id="s1042",
            order=OrderRef(remote_id="r1042"),
            carrier="dhl",
            tracking_number="00340434161094042557",
            state="shipped",
            shipped_at=sent,
        ),
    )
    world.feed(
        "parcels",
        TrackingRecord(
            carrier="dhl",
            tracking_number="00340434161094042557",
            status=status,
            reason=reason,
            events=(
                TrackingEventRecord(occurred_at=sent, status="in_transit", text="on its way"),
                TrackingEventRecord(occurred_at=moment(at(when)), status=status, text="held"),
            ),
        ),
    )


@pytest.fixture
def macro(session: Session) -> None:
    assert session.macros is not None
    (session.macros / "customs.md").write_text(CUSTOMS, encoding="utf-8")


def late(number: str = "1042", **more: Any) -> Any:
    given = {"promised_at": moment(at("2026-11-24T18:00")), "lines": (LineRecord("1", "LAMP", 1, unit_price=8900),)}
    return order(number, **(given | more))


@pytest.mark.usefixtures("macro")
class TestPreparedDrafts:
    def test_a_draft_lies_there_before_the_customer_asks_and_only_one(self, world: World) -> None:
        world.orders(late())
        watch = rules(world, PREPARE)
        on_its_way(world, "in_transit")
        assert tick(world, watch) == 0
        on_its_way(world, "exception", reason="customs_documentation")
        assert [tick(world, watch), tick(world, watch), tick(world, rules(world, PREPARE))] == [1, 0, 0]
        (draft,) = drafts_of(world.session.store, "shop", "r1042")
        assert (draft.prepared_by, draft.agent, draft.mail) == ("rule:customs", "rule:customs", "")
        assert draft.to == ("jan@firma.example",)
        assert "waits at customs" in draft.body
        assert outbox(world.session.store) == (), "it is never sent by itself"

    def test_it_goes_when_its_cause_does_and_comes_back_with_it(self, world: World) -> None:
        world.orders(late())
        watch = rules(world, PREPARE)
        on_its_way(world, "exception")
        tick(world, watch)
        world.clock.pass_(hours=2)
        on_its_way(world, "in_transit", when="2026-11-26T15:00")
        tick(world, watch)
        assert drafts_of(world.session.store, "shop", "r1042") == ()
        assert runs(world) == [("1042", "withdrawn")]
        assert world.events("1042")[-1][1:] == (
            "rule:customs",
            "the draft that rule customs prepared was withdrawn: its cause is gone",
        )
        on_its_way(world, "exception", when="2026-11-26T16:00")
        tick(world, watch)
        assert len(drafts_of(world.session.store, "shop", "r1042")) == 1

    def test_trouble_that_is_newer_than_what_the_customer_of_a_late_order_was_told_is_news_once(
        self, world: World
    ) -> None:
        returns = replace(PREPARE, again="returns")
        world.orders(late())
        watch = rules(world, returns)
        on_its_way(world, "exception", when="2026-11-26T03:12")
        assert tick(world, watch) == 1
        world.clock.pass_(hours=2)
        world.letter("told", "support@shop.example", to=("jan@firma.example",), folder="Sent")
        tick(world, watch)
        assert drafts_of(world.session.store, "shop", "r1042") == (), "they know"
        assert "not told" not in [flag.text for flag in world.item("1042").flags]

        world.clock.pass_(hours=4)
        on_its_way(world, "exception", when="2026-11-26T19:00")
        assert "not told" in [flag.text for flag in world.item("1042").flags]
        assert world.view("1042").delay.customer_told_at is None
        assert [tick(world, watch), tick(world, watch), tick(world, rules(world, returns))] == [1, 0, 0]
        assert len(drafts_of(world.session.store, "shop", "r1042")) == 1

    def test_whoever_opens_it_has_it_under_their_name_and_no_rule_takes_it_away(self, world: World) -> None:
        from oms_tui.actions import reply

        world.orders(late())
        watch = rules(world, PREPARE)
        on_its_way(world, "exception")
        tick(world, watch)
        begun = reply.start(world.session, world.id("1042"))
        assert (begun.agent, begun.prepared_by) == ("ana", "rule:customs")
        world.clock.pass_(hours=2)
        on_its_way(world, "in_transit", when="2026-11-26T15:00")
        tick(world, watch)
        assert len(drafts_of(world.session.store, "shop", "r1042")) == 1

    def test_it_is_opened_as_it_lies_there_when_its_macro_is_gone(self, world: World) -> None:
        from oms_tui.actions import reply

        world.orders(late())
        on_its_way(world, "exception")
        tick(world, rules(world, PREPARE))
        assert world.session.macros is not None
        (world.session.macros / "customs.md").unlink()
        assert "waits at customs" in reply.start(world.session, world.id("1042")).body

    def test_when_the_customer_writes_meanwhile_it_is_the_answer(self, world: World) -> None:
        from oms_tui.actions import reply

        world.orders(late())
        on_its_way(world, "exception")
        tick(world, rules(world, PREPARE))
        world.clock.pass_(minutes=3)
        world.letter("m1")
        begun = reply.start(world.session, world.id("1042"))
        assert begun.prepared_by == "rule:customs"
        assert begun.mail
        assert begun.subject == "Re: Where is my lamp #1042?"
        assert "waits at customs" in begun.body

    def test_on_an_order_whose_customer_waits_it_answers_them(self, world: World) -> None:
        world.orders(late())
        world.letter("m1")
        on_its_way(world, "exception")
        tick(world, rules(world, PREPARE))
        (draft,) = drafts_of(world.session.store, "shop", "r1042")
        assert draft.mail

    def test_only_a_rule_that_says_so_sends_what_was_prepared_and_only_once(self, world: World) -> None:
        world.orders(late())
        send = Rule("send", "has:prepared", "send", without_asking=True)
        watch = rules(world, PREPARE, send)
        on_its_way(world, "exception")
        for _ in range(4):
            tick(world, watch)
        (item,) = outbox(world.session.store)
        assert (item.state, item.recipients, item.agent) == ("held", ("jan@firma.example",), "rule:send")
        assert drafts_of(world.session.store, "shop", "r1042") == ()
        take_back(world.session, "send", "shop", "r1042")
        assert outbox(world.session.store) == ()

    def test_a_mail_about_two_orders_is_answered_once(self, world: World) -> None:
        world.orders(late(), late("1043"))
        world.letter("m1", subject="My orders #1042 and #1043")
        both = Rule("late", "ship:late", "draft", {"macro": "customs"})
        tick(world, rules(world, both))
        assert sorted(state for _, state in runs(world)) == ["done", "refused"]
        drafts = [*drafts_of(world.session.store, "shop", "r1042"), *drafts_of(world.session.store, "shop", "r1043")]
        assert len(drafts) == 1

    def test_where_somebody_writes_already_none_is_prepared(self, world: World) -> None:
        from oms_tui.actions import reply

        world.orders(late())
        reply.start(world.session, world.id("1042"))
        on_its_way(world, "exception")
        tick(world, rules(world, PREPARE))
        assert runs(world) == [("1042", "refused")]
        assert len(drafts_of(world.session.store, "shop", "r1042")) == 1

    def test_it_follows_what_is_known_until_somebody_opens_it(self, world: World) -> None:
        world.orders(late())
        watch = rules(world, PREPARE)
        on_its_way(world, "exception")
        tick(world, watch)
        world.session.macros and (world.session.macros / "customs.md").write_text(CUSTOMS + "\nSorry.\n", "utf-8")
        world.orders(late(version="v2", total=9900))
        tick(world, watch)
        (draft,) = drafts_of(world.session.store, "shop", "r1042")
        assert "Sorry." in draft.body


def test_a_rule_writes_as_the_shop_and_not_as_itself(world: World) -> None:
    assert as_rule(world.session, TAG).agent.shown == "rule gift"


def test_on_the_order_itself_what_a_rule_did_is_an_action_to_take_back(world: World) -> None:
    world.orders(order("1042"))
    assert world.do("undo_rule", "1042")[0].why == "no rule did anything to it that could be taken back"
    tick(world, rules(world, TAG))
    assert world.do("undo_rule", "1042", preview=True)[0].why == "would take back what rule gift did: tagged gift"
    assert world.do("undo_rule", "1042", rule="other")[0].result == "refused"
    assert world.do("undo_rule", "1042", rule="Gift")[0].why == "rule gift taken back: tagged gift"
    assert runs(world) == [("1042", "undone")]


def test_who_may_not_do_it_may_not_take_it_back_either(world: World) -> None:
    world.orders(order("1042"))
    tick(world, rules(world, Rule("give", "payment:paid", "assign", {"owner": "ben"})))
    done = world.do("undo_rule", "1042", agent="wim")
    assert (done[0].result, done[0].code) == ("refused", "forbidden")
