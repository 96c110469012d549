"""The pane at work: every size, every key, nothing hidden, nothing stolen."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from ui_order import sample
from ui_order.desk import Desk, draft, outgoing
from ui_order.screen_text import lines, strips, text, widths

from oms_tui.ui.order.arrangement import PANELS, Place, Wish, arrange, share, way

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.strip import Strip

    from oms_tui.store.shapes import OrderView
    from oms_tui.ui.order.panel import Panel

pytestmark = pytest.mark.anyio

SIZES = [(160, 48), (118, 46), (120, 36), (80, 34), (78, 34), (80, 24), (80, 22), (60, 20), (40, 12)]


# ---- where things go, without a screen


def wants(name: str, width: int) -> int:
    del width
    return {"head": 8, "stock": 7, "money": 7, "parcels": 9, "timeline": 15, "conversation": 14, "reply": 6}[name]


def watched(panel: Panel, drawn: list[tuple[str | None, int]]) -> None:
    """Note every line the panel draws."""
    render = panel.render_line

    def render_line(y: int) -> Strip:
        drawn.append((panel.id, y))
        return render(y)

    panel.render_line = render_line  # type: ignore[method-assign]


def overlap(places: dict[str, Place]) -> bool:
    cells = [
        (x, y)
        for place in places.values()
        for x in range(place.x, place.x + place.width)
        for y in range(place.y, place.y + place.height)
    ]
    return len(cells) != len(set(cells))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("focus", [*PANELS, ""])
@pytest.mark.parametrize(
    ("maximised", "writing", "reply"),
    [(False, False, False), (True, False, False), (False, True, False), (False, False, True), (True, True, True)],
)
def test_panels_fill_the_pane_and_never_lie_on_each_other(
    size: tuple[int, int], focus: str, maximised: bool, writing: bool, reply: bool
) -> None:
    width, height = size
    places = dict(arrange(width, height, wants, Wish(focus, "money", "parcels", maximised, writing, reply)))
    assert not overlap(places)
    assert sum(place.width * place.height for place in places.values()) == width * height
    assert all(place.height >= 1 for place in places.values())
    if focus and not (writing and way(width, height) == "pairs" and focus != "reply"):
        assert focus in places or (focus == "reply" and not (writing or reply or maximised))


@pytest.mark.parametrize("focus", ["stock", "money", "parcels", "timeline", "conversation", "reply"])
def test_the_panel_in_use_is_always_on_the_screen(focus: str) -> None:
    for width, height in SIZES:
        for writing in (False, True):
            aside = focus if focus in {"stock", "money", "parcels", "timeline"} else "stock"
            last = focus if focus != "reply" else "conversation"
            wish = Wish(focus, aside, last, False, writing, reply=focus == "reply")
            assert focus in arrange(width, height, wants, wish)


def test_a_squeezed_column_serves_the_panel_in_use_first() -> None:
    assert share(20, [7, 7, 9]) == [7, 7, 6]
    assert share(14, [7, 7, 9], first=2) == [3, 3, 8]
    assert share(40, [7, 7, 9]) == [7, 7, 26]
    assert sum(share(10, [7, 7, 9])) == 10


# ---- on a screen


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "order", [sample.order, sample.calm, sample.empty, sample.hostile], ids=lambda each: each.__name__
)
async def test_every_line_of_the_screen_has_one_width_and_nothing_commands_the_terminal(
    order: Callable[[], OrderView], size: tuple[int, int]
) -> None:
    app = Desk(order())
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for key in "123456":
            await pilot.press(key)
            await pilot.pause()
            assert widths(app) == {size[0]}
            assert all(segment.text.isprintable() for strip in strips(app) for segment in strip)
            await pilot.press("escape")


@pytest.mark.parametrize("size", [(160, 48), (80, 34), (80, 22)])
async def test_every_panel_is_one_key_away_at_any_size(size: tuple[int, int]) -> None:
    app = Desk(sample.order(drafts=(draft(),)))
    titles = ("1 Lines and stock", "2 Money", "3 Parcels", "4 Timeline", "5 Conversation", "6 Reply")
    async with app.run_test(size=size) as pilot:
        for number, title in enumerate(titles, 1):
            await pilot.press(str(number))
            await pilot.pause()
            assert f"─ {title}" in text(app)
            assert app.focused is app.pane.panels[PANELS[number - 1]]


async def test_at_160x48_everything_about_the_order_is_in_view() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=(118, 46)) as pilot:
        await pilot.pause()
        shown = text(app)
        for words in (
            "Jan Kowal",
            "KEY",
            "priority 87",
            "CUSTOMS",
            "late 4 days",
            "14 of 20",
            "short 1",
            "paid 89.00",
            "stripe 1h stale",
            sample.DHL_NUMBER,
            "held, documents missing",
            "tryton 40s",
            "parcels 4m",
            "placed: 2 LAMP-BLUE",
            "still no parcel",
            "▸ 12 quoted lines",
            "doorbell.jpg",
            "reply due 10:42",
        ):
            assert words in shown


async def test_in_a_small_terminal_the_strip_tells_what_the_hidden_panels_hold() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=(80, 22)) as pilot:
        await pilot.pause()
        strip = next(line for line in lines(app) if " 1 Lines" in line)
        assert strip.split() == [
            "1",
            "Lines",
            "!1",
            "2",
            "Money",
            "3",
            "Parcels",
            "!",
            "4",
            "Timeline",
            "13",
            "5",
            "Mail",
            "●",
            "6",
            "Reply",
            "7",
            "Order",
        ]


async def test_z_gives_a_panel_all_the_room_and_takes_it_back() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=(118, 46)) as pilot:
        await pilot.press("4", "z")
        await pilot.pause()
        assert "5 Conversation" not in text(app)
        assert app.pane.panels["timeline"].size.height > 30
        await pilot.press("z")
        await pilot.pause()
        assert "5 Conversation" in text(app)


async def test_letters_filter_the_timeline_and_the_border_says_by_what() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=(118, 46)) as pilot:
        await pilot.press("4", "m")
        await pilot.pause()
        assert "[mail 2]" in text(app)
        assert "order confirmation sent" in text(app)
        assert "arrived at hub" not in "\n".join(line[58:] for line in lines(app))
        await pilot.press("$")
        await pilot.pause()
        assert "[money 3]" in text(app)
        await pilot.press("a")
        await pilot.pause()
        assert "[all 13]" in text(app)


async def test_enter_on_a_mail_of_the_timeline_opens_it_in_the_conversation() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=(118, 46)) as pilot:
        await pilot.press("4", "m", "end", "enter")
        await pilot.pause()
        await pilot.pause()
        panel = app.pane.panels["conversation"]
        assert app.focused is panel
        assert panel.cursor_key == ("message", 1)
        assert "We send it as soon as it is packed." in text(app)


async def test_enter_on_anything_else_shows_all_that_is_known_of_it() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=(118, 46)) as pilot:
        for keys, words in (
            (("4", "t", "enter"), "exception: customs documentation"),
            (("1", "enter"), "14 free: 20 on hand, 6 reserved; 20 to come Fri 27"),
            (("2", "enter"), "INV-2201"),
            (("3", "enter"), "DHL Parcel International"),
        ):
            await pilot.press(*keys)
            await pilot.pause()
            assert words in text(app)
            assert "esc closes" in text(app)
            await pilot.press("escape")


async def test_the_priority_is_explained_on_one_key() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=(118, 46)) as pilot:
        await pilot.press("p")
        await pilot.pause()
        shown = text(app)
        assert "Why #10482 has priority 87" in shown
        assert "unanswered for 2h" in shown


async def test_quotes_unfold_under_the_cursor_and_all_at_once() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=(118, 46)) as pilot:
        await pilot.press("5", *["down"] * 4, "enter")
        await pilot.pause()
        assert "▾ 12 quoted lines" in text(app)
        await pilot.press("e")
        await pilot.pause()
        assert "▸ 12 quoted lines" in text(app)


async def test_a_link_an_attachment_a_missing_body_and_a_conflict_are_asked_of_the_shell() -> None:
    letter = sample.message(2, has_body=False, text="", quoted=(), attachments=sample.HELLO.attachments)
    app = Desk(sample.order(conversations=(replace(sample.THREAD, messages=(letter,)),)))
    async with app.run_test(size=(118, 46)) as pilot:
        await pilot.press("3", "end", "enter")
        await pilot.press("5", "down", "down", "enter", "down", "enter")
        await pilot.pause()
        asked = [(each.what, each.ref, each.text) for each in app.wanted]
        assert asked == [("url", None, sample.PARCEL.tracking_url), ("body", 2, ""), ("attachment", (2, 1), "")]


async def test_the_pane_says_what_it_waits_for_and_why_it_fails() -> None:
    app = Desk()
    async with app.run_test(size=(118, 46)) as pilot:
        app.pane.show(None, state="loading")
        await pilot.pause()
        assert "reading the order" in text(app)
        app.pane.show(None, state="failed", words="the store cannot be read: disk is full")
        await pilot.pause()
        assert "the store cannot be read: disk is full" in text(app)
        app.pane.show(sample.order(), state="failed", words="this is how it was at 09:40")
        await pilot.pause()
        assert "this is how it was at 09:40" in text(app)
        assert "Jan Kowal" in text(app)
        app.pane.show(None, state="empty", words="no order is chosen")
        await pilot.pause()
        assert "no order is chosen" in text(app)
        assert "Jan Kowal" not in text(app)


async def test_the_place_in_a_panel_is_kept_when_the_same_order_is_read_again() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=(118, 46)) as pilot:
        await pilot.press("4", "down", "down", "down")
        news = sample.happened(15, f"{sample.TODAY} 10:02", "note", "internal", "ben", "Ben: called the customs")
        app.pane.show(sample.order(timeline=(news, *sample.TIMELINE)))
        await pilot.pause()
        assert app.pane.panels["timeline"].cursor_key == "e11"
        assert "Ben: called the customs" in text(app)


async def test_another_order_starts_at_its_top() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=(118, 46)) as pilot:
        await pilot.press("4", "m", "down")
        app.pane.show(sample.calm())
        await pilot.pause()
        assert "[all 2]" in text(app)
        assert "Amélie Durand" in text(app)


async def test_a_click_goes_to_a_row_and_a_tab() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=(80, 22)) as pilot:
        await pilot.pause()
        await pilot.click("#order-tabs", offset=(3, 0))
        await pilot.pause()
        assert app.focused is app.pane.panels["stock"]
        await pilot.click("#order-stock", offset=(10, 4))
        assert app.pane.panels["stock"].cursor_key == ("line", 2)


async def test_what_stands_still_needs_a_decision_and_shows_the_other_persons_mail() -> None:
    ben = sample.message(
        3,
        direction="outbound",
        from_name="Ben, Bright Shop",
        from_address="support@bright-shop.example",
        to=("j.k.private@example.net",),
        sent_at=sample.at(f"{sample.TODAY} 10:01"),
        text="It is on its way, I promise.",
        quoted=(),
    )
    thread = replace(sample.THREAD, messages=(*sample.THREAD.messages, ben), unanswered=None)
    blocked = outgoing("blocked", guard=("Ben answered at 10:01",))
    app = Desk(sample.order(outbox=(blocked,), conversations=(thread,)))
    async with app.run_test(size=(118, 46)) as pilot:
        await pilot.press("6")
        await pilot.pause()
        assert "Ben answered at 10:01" in text(app)
        await pilot.press("enter")
        await pilot.pause()
        shown = text(app)
        assert "It is on its way, I promise." in shown
        assert "send it all the same" in shown
        await pilot.press("s")
        await pilot.pause()
        assert app.reader.resolved == []  # asked once more, with another key
        await pilot.press("s", "enter")
        assert app.reader.resolved == []
        await pilot.press("y")
        await pilot.pause()
        assert app.reader.resolved == ["send_anyway"]


async def test_to_edit_a_blocked_reply_opens_it_again() -> None:
    app = Desk(sample.order(outbox=(outgoing("blocked", guard=("tracking is stale",)),)))
    async with app.run_test(size=(118, 46)) as pilot:
        await pilot.press("6", "enter", "e")
        await pilot.pause()
        await pilot.pause()
        assert app.reader.resolved == ["edit"]
        assert app.pane.writing


async def test_nothing_is_drawn_while_nothing_happens() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=(118, 46)) as pilot:
        await pilot.pause()
        drawn: list[tuple[str | None, int]] = []
        for panel in (app.pane.head, *app.pane.panels.values()):
            watched(panel, drawn)
        app.pane.show(sample.order())  # the same again
        await pilot.pause(0.3)
        assert drawn == []


async def test_a_step_of_the_cursor_draws_two_lines() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=(118, 46)) as pilot:
        await pilot.press("4")
        await pilot.pause()
        panel = app.pane.panels["timeline"]
        drawn: list[tuple[str | None, int]] = []
        watched(panel, drawn)
        await pilot.press("down")
        await pilot.pause()
        assert sorted(set(drawn)) == [(panel.id, 0), (panel.id, 1)]


@pytest.mark.parametrize("size", SIZES)
async def test_the_head_can_be_read_to_its_end_at_every_size(size: tuple[int, int]) -> None:
    app = Desk(sample.order())
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.press("7")
        await pilot.pause()
        assert app.pane.head.has_focus
        read = text(app)
        for _ in range(len(app.pane.head.rows)):
            await pilot.press("down")
            await pilot.pause()
            read += text(app)
        assert "Łódź" in read, "where it goes"
        assert "maybe also" in read

        await pilot.press("5")
        await pilot.pause()
        assert app.pane.panels["conversation"].has_focus
        assert app.pane.panels["conversation"].region.height >= 3


async def test_a_thread_of_sixty_mails_opens_at_once() -> None:
    view = sample.long_thread(60)
    app = Desk(sample.order())
    async with app.run_test(size=(118, 46)) as pilot:
        await pilot.pause()
        best = 10.0
        for _ in range(3):
            app.pane.show(sample.calm())
            await pilot.pause()
            start = time.process_time()
            app.pane.show(view)
            await pilot.pause()
            best = min(best, time.process_time() - start)
        assert "unanswered" in text(app)
        assert best < 0.2
        await pilot.press("5", "E")
        await pilot.pause()
        assert len(app.pane.panels["conversation"].rows) > 60 * 10


async def test_a_long_line_is_cut_with_a_mark_and_never_with_half_a_character() -> None:
    order = sample.order(instructions="日本語テキスト" * 30)
    app = Desk(order)
    async with app.run_test(size=(81, 34)) as pilot:
        await pilot.pause()
        wish = next((row for row in app.pane.head.rows if row.text.startswith("wish")), None)
        assert wish is not None
        assert wish.text.endswith("…")
        assert cell_len(wish.text) <= app.pane.head.text_width


async def test_what_is_copied_of_a_row_is_what_one_pastes_elsewhere() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=(118, 46)) as pilot:
        copied = []
        for keys in (("3",), ("end",), ("1",), ("2",), ("5", "down", "down", "down")):
            await pilot.press(*keys)
            await pilot.pause()
            copied.append(app.pane.copied())
        assert copied == [
            sample.DHL_NUMBER,
            sample.PARCEL.tracking_url,
            "LAMP-BLUE",
            "INV-2201",
            "still no parcel, I live at Lindenweg 4, ordered the blue lamp. What is going on??",
        ]


def test_the_pane_is_loaded_without_an_editor_a_dialog_or_an_action() -> None:
    code = (
        "import sys, oms_tui.ui.order.pane\n"
        "heavy = ('text_area', '_input', 'oms_tui.actions', 'ui.dialogs.', 'composer.composer', 'jinja2', 'sqlmodel')\n"
        "print([name for name in sys.modules if any(each in name for each in heavy)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_a_source_that_was_read_and_had_nothing_new_is_not_stale_on_the_open_order() -> None:
    app = Desk(sample.order())
    async with app.run_test(size=(160, 48)) as pilot:
        await pilot.pause()
        assert "stripe 1h stale" in text(app)
        app.pane.read_again({"stripe": sample.NOW - 5_000})
        await pilot.pause()
        assert "stripe 1h stale" not in text(app)
        app.pane.read_again({"stripe": None})  # another desk's cache was thrown away: what was read stays read
        await pilot.pause()
        assert "never read" not in text(app)
