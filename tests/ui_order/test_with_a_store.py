"""The pane on a real desk: the reader's thread, the store's two files, the actions; only the mailbox is in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from actions.acting import order
from textual.app import App, ComposeResult
from ui_order.screen_text import text

from oms_tui.store import desk_rows
from oms_tui.store.reads.outbox import drafts_of, outbox_of
from oms_tui.store.workspace import Workspace
from oms_tui.ui import theme
from oms_tui.ui.order.pane import OrderPane
from oms_tui.ui.reader import Reader

if TYPE_CHECKING:
    from actions.acting import World
    from textual.pilot import Pilot

    from oms_tui.store.shapes import DraftView

pytestmark = pytest.mark.anyio

MACRO = """title: On its way
subject: Your order {{ order.number }}

Dear {{ customer.first_name }},

your parcel {{ parcel.number }} is on its way.
"""


class RealDesk(App[None]):
    """A pane with a real reader; it reads the order again when told to, as the shell does."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, world: World) -> None:
        super().__init__()
        theme.use(theme.load("dark"))
        made = theme.current().as_textual()
        self.register_theme(made)
        self.theme = made.name
        self.world = world
        self.reader = Reader(world.session, self)
        self.words: list[str] = []
        self.pane = OrderPane(reader=self.reader, zone=world.session.policy.zone, clock=world.clock, agent="ana")

    def compose(self) -> ComposeResult:
        """The pane alone."""
        yield self.pane

    def on_mount(self) -> None:
        """Begin."""
        self.reader.start()
        self.read()
        self.pane.action_panel("conversation")

    def on_unmount(self) -> None:
        """End as the desk does."""
        self.reader.stop()

    def read(self) -> None:
        """Show the order as it is now."""
        self.pane.show(self.world.view("1042"))

    def on_order_pane_wanted(self, event: OrderPane.Wanted) -> None:
        """Words for the agent."""
        self.words.append(event.text)


@pytest.fixture
def app(world: World) -> RealDesk:
    """Jan has written about 1042, and there is a macro."""
    assert world.session.macros is not None
    (world.session.macros / "on-its-way.md").write_text(MACRO, encoding="utf-8")
    world.orders(order())
    world.letter("hello@firma.example")
    return RealDesk(world)


async def rest(pilot: Pilot[None], seconds: float = 0.0) -> None:
    """Until the reader has nothing to do and what it told is drawn."""
    await pilot.pause(seconds)
    desk = pilot.app
    assert isinstance(desk, RealDesk)
    for _ in range(300):
        await pilot.pause(0.01)
        if not desk.reader.busy:
            break
    await pilot.pause()
    await pilot.pause()


def kept(world: World) -> DraftView:
    """The draft as another process would read it: from the files."""
    item = world.item("1042")
    with Workspace(world.session.store.folder) as another:
        (draft,) = drafts_of(another, item.source, item.remote_id)
    return draft


async def test_from_a_mail_to_the_outbox_in_a_few_keys(app: RealDesk) -> None:
    async with app.run_test(size=(118, 46)) as pilot:
        await pilot.press("6")
        await rest(pilot)
        await pilot.press(*"Dear Jan, it comes on Friday.")
        await rest(pilot, 0.6)
        draft = kept(app.world)
        assert draft.body.startswith("Dear Jan, it comes on Friday.")
        assert draft.to == ("Jan Kowal <jan@firma.example>",)
        await pilot.press("ctrl+s")
        await rest(pilot)
        assert "quotes Jan Kowal, 14:00" in text(app)
        await pilot.press("y")
        await rest(pilot)
        item = app.world.item("1042")
        (out,) = outbox_of(app.world.session.store, item.source, item.remote_id)
        assert out.state == "held"
        assert drafts_of(app.world.session.store, item.source, item.remote_id) == ()
        assert "takes it back" in text(app)
        app.read()
        await pilot.press("u")
        await rest(pilot)
        assert kept(app.world).body.startswith("Dear Jan, it comes on Friday.")
        assert app.pane.writing


async def test_what_was_typed_is_there_after_the_desk_was_killed(app: RealDesk) -> None:
    async with app.run_test(size=(118, 46)) as pilot:
        await pilot.press("6")
        await rest(pilot)
        await pilot.press(*"Dear Jan")
        await rest(pilot, 0.6)
        assert kept(app.world).body.startswith("Dear Jan")  # on the disk, while nothing was closed
    again = RealDesk(app.world)
    async with again.run_test(size=(118, 46)) as pilot:
        await rest(pilot)
        assert "draft by ana" in text(again)
        await pilot.press("6", "enter")
        await rest(pilot)
        assert again.pane.composer is not None
        assert again.pane.composer.body.text.startswith("Dear Jan")


async def test_a_macro_without_a_parcel_to_name_cannot_be_sent(app: RealDesk) -> None:
    async with app.run_test(size=(118, 46)) as pilot:
        await pilot.press("6")
        await rest(pilot)
        await pilot.press("ctrl+t")
        await rest(pilot)
        assert "On its way" in text(app)
        await pilot.press("enter")
        await rest(pilot)
        assert "Dear Jan," in text(app)
        assert "⟨parcel.number?⟩" in text(app)
        assert "✗ missing: parcel.number" in text(app)
        await pilot.press("ctrl+s")
        await rest(pilot)
        assert outbox_of(app.world.session.store, "shop", "r1042") == ()


async def test_a_colleague_who_answered_meanwhile_is_seen_before_it_is_sent(app: RealDesk) -> None:
    async with app.run_test(size=(118, 46)) as pilot:
        await pilot.press("6")
        await rest(pilot)
        await pilot.press(*"Dear Jan")
        app.world.clock.pass_(minutes=3)
        app.world.letter("more@firma.example", text="Found it at the neighbour's!", answers=("hello@firma.example",))
        app.read()
        for _ in range(20):  # the feed is looked at five times a second, on a busy machine later
            await rest(pilot, 0.6)
            if "wrote again" in (shown := text(app)):
                break
        assert "Jan Kowal wrote again (14:03)" in shown
        assert "Found it at the neighbour's!" in shown
        await pilot.press("ctrl+s")
        await rest(pilot)
        assert "meanwhile" in text(app)


async def test_a_blocked_reply_is_decided_on_where_it_is_shown(app: RealDesk) -> None:
    world = app.world
    from oms_tui.actions import reply

    begun = reply.start(world.session, world.id("1042"))
    reply.save(world.session, begun.id, body="It comes.")
    sent = reply.send(world.session, begun.id)
    guard = '[{"kind": "answered", "words": "Ben answered at 14:01", "message": ""}]'
    desk_rows.update(world.session.store.desk, "outbox", (sent.id,), state="blocked", guard=guard)
    async with app.run_test(size=(118, 46)) as pilot:
        await rest(pilot)
        await pilot.press("6", "enter")
        await rest(pilot)
        assert "Ben answered at 14:01" in text(app)
        await pilot.press("e")
        await rest(pilot)
        assert app.pane.writing
        assert kept(world).body.startswith("It comes.")


async def test_the_last_words_before_the_desk_is_closed_are_kept(app: RealDesk) -> None:
    async with app.run_test(size=(118, 46)) as pilot:
        await pilot.press("6")
        await rest(pilot)
        await pilot.press(*"Dear Jan, I am off")  # and no time for a save
    assert kept(app.world).body.startswith("Dear Jan, I am off")


async def test_two_desks_on_one_draft_cannot_send_it_twice(app: RealDesk) -> None:
    from oms_tui.actions import reply

    world = app.world
    async with app.run_test(size=(118, 46)) as pilot:
        await pilot.press("6")
        await rest(pilot)
        await pilot.press(*"Dear Jan")
        await rest(pilot, 0.6)
        await pilot.press("ctrl+s")
        await rest(pilot)
        reply.send(world.session, kept(world).id)  # the same agent, in another window
        await pilot.press("y")
        await rest(pilot)
        item = world.item("1042")
        assert len(outbox_of(world.session.store, item.source, item.remote_id)) == 1
