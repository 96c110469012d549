"""The desk as an agent uses it, driven by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from ui_shell.driving import MEDIUM, SMALL, WIDE, cursor, desk, line_of, said, screen, settled
from ui_shell.shop import change, fill, tell

from oms_tui.actions.catalogue import all_actions
from oms_tui.store import desk_rows
from oms_tui.store.reads import queue
from oms_tui.ui.app import DeskApp
from oms_tui.ui.keys import checked
from oms_tui.ui.queue.list import QueueList

if TYPE_CHECKING:
    from collections.abc import Callable

    from oms_tui.config_model import Config
    from oms_tui.store.session import Session
    from oms_tui.store.workspace import Workspace

pytestmark = pytest.mark.anyio


# ---- the first frame and the order beside it


async def test_the_first_frame_shows_the_first_page(config: Config, session: Session) -> None:
    app = DeskApp(config, session)
    frames: list[str] = []

    async def begin() -> None:
        strips = app.screen._compositor.render_strips()
        frames.append("\n".join("".join(segment.text for segment in strip) for strip in strips))

    app._begin = begin  # type: ignore[method-assign]
    async with app.run_test(size=MEDIUM, notifications=True) as pilot:
        await pilot.pause()

    assert "#10482 Jan Kowal" in frames[0]
    assert "! short 1 · ask custom" in frames[0]
    assert "Bright Shop" in frames[0]
    assert "? help" in frames[0]


@pytest.mark.parametrize("size", [WIDE, MEDIUM])
async def test_moving_shows_each_order_where_the_cursor_rests(
    config: Config, session: Session, size: tuple[int, int]
) -> None:
    async with desk(config, session, size) as pilot:
        assert pilot.app.queue_screen._pane.view.item.number == "10482"

        await pilot.press("j", "j", "down")
        await settled(pilot)

        assert cursor(pilot) == "10479"
        for _ in range(100):  # it is opened a moment after the last key
            if pilot.app.queue_screen._pane.view.item.number == "10479":
                break
            await pilot.pause(0.05)
        assert pilot.app.queue_screen._pane.view.item.number == "10479"


async def test_a_timer_told_of_after_it_was_stopped_opens_no_row_that_the_cursor_has_left(
    config: Config, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(config, session, WIDE) as pilot:
        desk_screen, late = pilot.app.queue_screen, []
        set_timer = desk_screen.set_timer

        def kept(delay: float, do: Callable[[], object]) -> object:
            late.append(do)
            return set_timer(delay, do)

        monkeypatch.setattr(desk_screen, "set_timer", kept)
        model = desk_screen.model
        for model.cursor in (1, 3):  # quicker than Textual empties its queue
            desk_screen.on_queue_list_moved(QueueList.Moved(model.current))
        late[0]()
        await settled(pilot)
        assert desk_screen._pane.view.item.number == cursor(pilot) == "10479"

        desk_screen.go_to(model.items[0].id)
        late[1]()
        await settled(pilot)
        assert desk_screen._pane.view.item.number == "10482", "what was opened on purpose stays"


async def test_in_a_small_terminal_list_and_order_take_turns(config: Config, session: Session) -> None:
    async with desk(config, session, SMALL) as pilot:
        assert "#10465" in screen(pilot), "a line an order"
        assert pilot.app.queue_screen._pane.display is False

        await pilot.press("j", "enter")
        await settled(pilot)
        assert "10481" in screen(pilot)
        assert "#10465" not in screen(pilot)

        await pilot.press("escape")
        await settled(pilot)
        assert "#10465" in screen(pilot)
        assert cursor(pilot) == "10481"


async def test_nothing_is_cut_without_a_mark(config: Config, session: Session, store: Workspace) -> None:
    store.cache.execute(
        "UPDATE queue_row SET name=? WHERE order_id=1", ("An Extraordinarily Long Name Of A Customer GmbH & Co. KG",)
    )

    async with desk(config, session, MEDIUM) as pilot:
        first = next(line for line in screen(pilot).splitlines() if "#10482 An" in line)
        assert "…" in first.split("│")[1]


# ---- moving


async def test_edges_turn_a_page_and_keep_two_rows_in_sight(config: Config, session: Session) -> None:
    async with desk(config, session, MEDIUM) as pilot:
        queue = pilot.app.queue_screen.queue.list
        page = queue.page
        for _ in range(page):
            await pilot.press("j")
        await pilot.pause()

        assert [item.number for item in queue.seen][:3] == [str(10_482 - page + 2 - at) for at in range(3)]

        await pilot.press("home")
        assert cursor(pilot) == "10482"
        await pilot.press("G")
        assert cursor(pilot) == "10423"
        await pilot.press("pageup")
        assert cursor(pilot) == str(10_423 + page - 2)


async def test_the_next_page_comes_before_it_is_needed(config: Config, session: Session, store: Workspace) -> None:
    fill(store, 700)

    async with desk(config, session, MEDIUM) as pilot:
        model = pilot.app.queue_screen.model
        assert len(model.items) == 200
        for _ in range(20):
            await pilot.press("pagedown")
        await settled(pilot)

        assert len(model.items) == 400
        assert len({item.id for item in model.items}) == 400


async def test_next_goes_to_what_presses_most_and_back(config: Config, session: Session) -> None:
    async with desk(config, session, MEDIUM) as pilot:
        await pilot.press("j", "j", "j", "j")
        await pilot.press("tab")
        await settled(pilot)
        assert cursor(pilot) == "10482", "the most pressing order that is nobody's or Ana's"
        await pilot.press("tab")
        await settled(pilot)
        assert cursor(pilot) == "10480", "the second one is Lea's"

        await pilot.press("[", "[")
        await settled(pilot)
        assert cursor(pilot) == "10478"


async def test_jumping_by_letters(config: Config, session: Session) -> None:
    async with desk(config, session, MEDIUM) as pilot:
        await pilot.press("f")
        await pilot.pause()
        await pilot.press("d")
        await settled(pilot)

        assert cursor(pilot) == "10480"
        assert pilot.app.screen is pilot.app.queue_screen


# ---- the list changes while somebody looks at it


async def test_the_cursor_stays_on_its_order_when_another_comes_before_it(
    config: Config, session: Session, store: Workspace
) -> None:
    async with desk(config, session, MEDIUM) as pilot:
        await pilot.press("j", "j")
        assert cursor(pilot) == "10480"
        before = line_of(pilot, "10480")

        change(store, 30, priority=5_000)
        await pilot.pause(0.6)
        await settled(pilot)

        assert pilot.app.queue_screen.model.items[0].number == "10453"
        assert cursor(pilot) == "10480"
        assert line_of(pilot, "10480") == before, "the eye need not move"


async def test_the_counts_in_the_bar_follow_the_store(config: Config, session: Session, store: Workspace) -> None:
    async with desk(config, session, WIDE) as pilot:
        assert "Queue 60" in screen(pilot)

        store.cache.execute("INSERT OR REPLACE INTO badges(key, value) VALUES ('open', 61)")
        store.cache.execute("INSERT OR REPLACE INTO badges(key, value) VALUES ('calls_due', 3)")
        tell(store, "source", 0)
        await pilot.pause(0.5)
        await settled(pilot)

        assert "Queue 61" in screen(pilot)
        assert "Calls 3" in screen(pilot)


async def test_an_empty_desk_says_what_is_being_read(config: Config, session: Session, store: Workspace) -> None:
    store.cache.execute("DELETE FROM queue_row")

    async with desk(config, session, WIDE) as pilot:
        assert "being read for the first time: shop" in " ".join(screen(pilot).split())


async def test_a_list_that_cannot_be_read_again_stays_and_is_marked_as_old(
    config: Config, session: Session, store: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(config, session, WIDE) as pilot:
        real = queue.queue_page

        def broken(*_: object, **__: object) -> None:
            raise OSError("disk I/O error")

        monkeypatch.setattr(queue, "queue_page", broken)
        for _ in range(2):
            change(store, 7, priority=5)
            await pilot.pause(0.6)
            await settled(pilot)
        assert "! not the newest" in screen(pilot)
        assert "#10480" in screen(pilot)
        assert len([words for words in said(pilot) if "disk I/O error" in words]) == 1

        monkeypatch.setattr(queue, "queue_page", real)
        change(store, 7, priority=6)
        await pilot.pause(0.6)
        await settled(pilot)
        assert "! not the newest" not in screen(pilot)


# ---- filter and views


async def test_a_filter_is_applied_while_it_is_written(config: Config, session: Session) -> None:
    async with desk(config, session, WIDE) as pilot:
        await pilot.press("/", *"owner:lea")
        await pilot.pause(0.3)
        await settled(pilot)
        assert {item.owner for item in pilot.app.queue_screen.model.items} == {"lea"}

        await pilot.press("enter")
        await settled(pilot)
        assert "/ owner:lea" in screen(pilot)
        assert "20 · by priority" in screen(pilot)

        await pilot.press("escape")
        await settled(pilot)
        assert len(pilot.app.queue_screen.model.items) == 60


async def test_a_query_that_cannot_be_read_points_at_its_column(config: Config, session: Session) -> None:
    async with desk(config, session, WIDE) as pilot:
        await pilot.press("/", *"owner:lea stauts:open", "enter")
        await settled(pilot)
        lines = screen(pilot).splitlines()
        at = next(number for number, line in enumerate(lines) if "stauts:open" in line)

        assert lines[at + 1].index("^") == lines[at].index("stauts")
        assert "did you mean" in lines[at + 1]

        await pilot.press("escape")
        await settled(pilot)
        assert len(pilot.app.queue_screen.model.items) == 60, "what was there before"


async def test_tab_completes_words_and_values(config: Config, session: Session) -> None:
    async with desk(config, session, WIDE) as pilot:
        await pilot.press("/", *"stag", "tab", *"pack", "tab")
        await pilot.pause()

        assert "/ stage:packing" in screen(pilot)


async def test_a_saved_view_of_the_config(make_config: Callable[..., Config], session: Session) -> None:
    config = make_config('[views."Lea\'s"]\nquery = "owner:lea"\nsort = "name"\n')

    async with desk(config, session, WIDE) as pilot:
        await pilot.press("v")
        await pilot.pause(0.3)
        await settled(pilot)
        assert "owner:lea" in screen(pilot), "the first one's, before any key"
        await pilot.press(*"unpaid")
        await settled(pilot)
        assert "owner:lea" not in screen(pilot)
        await pilot.press(*["backspace"] * 6, *"lea")
        await settled(pilot)
        assert "owner:lea" in screen(pilot), "the definition of the view under the cursor"
        assert "by name · from config.toml" in screen(pilot)
        await pilot.press("enter")
        await settled(pilot)

        assert pilot.app.queue_screen.queue.question.title == "Lea's"
        assert "by name" in screen(pilot)
        assert {item.owner for item in pilot.app.queue_screen.model.items} == {"lea"}


async def test_an_empty_list_says_so(config: Config, session: Session) -> None:
    async with desk(config, session, WIDE) as pilot:
        await pilot.press("/", *"owner:nobody", "enter")
        await settled(pilot)

        assert "no order matches; esc shows all" in screen(pilot)
        assert "no order is chosen" in screen(pilot)


# ---- actions


async def test_a_note_is_written_in_a_form_and_taken_back(config: Config, session: Session, store: Workspace) -> None:
    async with desk(config, session, WIDE) as pilot:
        await pilot.press("n")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause(0.2)
        assert "Note is missing" in screen(pilot)

        await pilot.press(*"rang", "enter")
        await settled(pilot)
        notes = list(desk_rows.select(store.desk, "notes"))
        assert [(note["remote_id"], note["text"]) for note in notes] == [("r1", "rang")]
        assert any("takes it back" in words for words in said(pilot))

        await pilot.press("u")
        await settled(pilot)
        assert not [note for note in desk_rows.select(store.desk, "notes") if note["deleted_at"] is None]


async def test_an_action_is_done_to_the_order_one_looks_at(config: Config, session: Session, store: Workspace) -> None:
    async with desk(config, session, SMALL) as pilot:
        await pilot.press("enter")
        await settled(pilot)
        await pilot.press("escape", "j", "n")
        await pilot.pause(0.2)
        await pilot.press(*"list", "enter")
        await settled(pilot)

        await pilot.press("enter")
        await settled(pilot)
        await pilot.press("n")
        await pilot.pause(0.2)
        await pilot.press(*"order", "enter")
        await settled(pilot)

        notes = {note["text"]: note["remote_id"] for note in desk_rows.select(store.desk, "notes")}
        assert notes == {"list": "r2", "order": "r2"}


async def test_an_order_that_is_not_in_the_list_is_the_one_that_is_acted_on(
    config: Config, session: Session, store: Workspace
) -> None:
    async with desk(config, session, WIDE) as pilot:
        await pilot.press("/", *"owner:lea", "enter")
        await settled(pilot)
        pilot.app.show_order(1)
        await settled(pilot)
        await pilot.press("n")
        await pilot.pause(0.2)
        await pilot.press(*"hello", "enter")
        await settled(pilot)

        assert [note["remote_id"] for note in desk_rows.select(store.desk, "notes")] == ["r1"]


@pytest.mark.parametrize("size", [WIDE, SMALL])
async def test_a_terminal_that_changes_its_size_keeps_both_sides(
    config: Config, session: Session, size: tuple[int, int]
) -> None:
    async with desk(config, session, size) as pilot:
        await pilot.resize_terminal(*SMALL)
        await settled(pilot)
        assert pilot.app.queue_screen._pane.display is False
        assert "#10465" in screen(pilot)

        await pilot.resize_terminal(*WIDE)
        await settled(pilot)
        assert pilot.app.queue_screen._pane.display is True
        assert pilot.app.queue_screen._pane.view.item.number == "10482"
        assert "#10465" in screen(pilot)


async def test_marked_orders_are_shown_before_anything_is_done_to_them(
    config: Config, session: Session, store: Workspace
) -> None:
    async with desk(config, session, WIDE) as pilot:
        await pilot.press("space", "space")
        await pilot.pause()
        assert "2 marked" in screen(pilot)
        assert screen(pilot).count("✓#") == 2

        await pilot.press("o")
        await pilot.pause()
        await pilot.press("l", "enter")
        await settled(pilot)
        assert not list(desk_rows.select(store.desk, "order_decisions"))
        assert "y does it to" in screen(pilot)

        await pilot.press("y")
        await settled(pilot)
        owners = {row["remote_id"]: row["owner"] for row in desk_rows.select(store.desk, "order_decisions")}
        assert owners == {"r1": "lea", "r2": "lea"}
        assert "marked" not in screen(pilot)


async def test_what_cannot_be_done_says_why(config: Config, session: Session) -> None:
    async with desk(config, session, WIDE) as pilot:
        await pilot.press("X")
        await settled(pilot)

        assert said(pilot) == ["Reopen: it is open already"]


async def test_nothing_is_undone_where_nothing_was_done(config: Config, session: Session) -> None:
    async with desk(config, session, MEDIUM) as pilot:
        await pilot.press("u")
        await settled(pilot)

        assert said(pilot) == ["there is nothing of yours to take back"]


# ---- the other things


async def test_copying_says_what_was_copied(config: Config, session: Session) -> None:
    async with desk(config, session, MEDIUM) as pilot:
        await pilot.press("y")
        await pilot.pause()

        assert pilot.app.clipboard == "10482"
        assert said(pilot)[0].startswith("10482 sent to the clipboard")


async def test_in_a_panel_its_line_is_copied(config: Config, session: Session) -> None:
    async with desk(config, session, WIDE) as pilot:
        await pilot.press("4")
        await settled(pilot)
        await pilot.press("y")
        await pilot.pause()

        assert "placed" in pilot.app.clipboard


async def test_help_shows_the_keys_as_they_are(make_config: Callable[..., Config], session: Session) -> None:
    config = make_config('[keys]\nnote = ["ctrl+n", "f7"]\n"lines.down" = ["down", "f6"]\n')

    async with desk(config, session, WIDE, keys=checked(config, all_actions())) as pilot:
        await pilot.press("?")
        await pilot.pause(0.2)

        line = next(line for line in screen(pilot).splitlines() if " note " in line)
        assert "ctrl+n f7" in line
        rows = "\n".join(row.text for row in pilot.app.screen.lines.rows)
        assert "down f6" in rows
        assert "not now: it is open already" in rows


async def test_a_key_inside_a_widget_obeys_the_config(make_config: Callable[..., Config], session: Session) -> None:
    config = make_config('[keys]\n"filter.cancel" = ["f6"]\n')

    async with desk(config, session, WIDE, keys=checked(config, all_actions())) as pilot:
        await pilot.press("/")
        await pilot.pause()
        assert pilot.app.screen.query("FilterLine")

        await pilot.press("f6")
        await pilot.pause()
        assert not pilot.app.screen.query("FilterLine")


async def test_the_palette_finds_an_order_by_its_number(config: Config, session: Session) -> None:
    async with desk(config, session, WIDE) as pilot:
        await pilot.press("ctrl+p")
        await pilot.pause(0.3)
        await pilot.press(*"10440")
        await pilot.pause(0.5)
        await pilot.press("enter")
        await pilot.pause(0.2)
        await settled(pilot)

        assert cursor(pilot) == "10440"
        assert pilot.app.queue_screen._pane.view.item.number == "10440"


@pytest.mark.parametrize("size", [SMALL, MEDIUM])
async def test_the_palette_has_a_line_for_each_thing_and_always_begins_with_the_commands(
    config: Config, session: Session, size: tuple[int, int]
) -> None:
    async with desk(config, session, size, keys=checked(config, all_actions())) as pilot:
        await pilot.press("ctrl+p")
        await pilot.pause(0.5)
        options = pilot.app.screen.query_one("CommandList")._options
        titles = [option.prompt.plain for option in options]
        assert titles[0].startswith("Lines and stock           1        Go to the order's"), titles[0]
        width = min(100, size[0] * 96 // 100) - 6
        assert max(map(cell_len, titles)) <= width, "a longer one would take two lines"
        assert any(title.endswith("…") for title in titles), "what is cut says so"


async def test_another_theme_is_drawn_at_once(config: Config, session: Session) -> None:
    async with desk(config, session, MEDIUM) as pilot:
        pilot.app.change_theme("light")
        await pilot.pause(0.2)
        strip = pilot.app.screen._compositor.render_strips()[3]

        grounds = {segment.style.bgcolor.name for segment in strip if segment.style and segment.style.bgcolor}
        assert "#ffffff" in grounds
        assert "#0d1117" not in grounds


async def test_keys_left_over_by_a_text_field_do_nothing_to_the_order(config: Config, session: Session) -> None:
    async with desk(config, session, WIDE) as pilot:
        await pilot.press("/")
        await pilot.pause()
        await pilot.press("pagedown", "shift+tab", "home")
        await settled(pilot)

        assert cursor(pilot) == "10482"
        assert pilot.app.screen is pilot.app.queue_screen


async def test_q_leaves_and_so_does_ctrl_q_from_a_dialog(config: Config, session: Session) -> None:
    async with desk(config, session, MEDIUM) as pilot:
        await pilot.press("n")
        await pilot.pause()
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert pilot.app._exit

    async with desk(config, session, MEDIUM) as pilot:
        await pilot.press("q")
        await pilot.pause()
        assert pilot.app.return_value == 0


async def test_the_worker_is_started_after_the_first_frame(config: Config, session: Session) -> None:
    started: list[bool] = []

    async with desk(config, session, MEDIUM, worker=lambda: started.append(True)):
        assert started == [True]


async def test_a_worker_that_cannot_start_is_told_and_the_desk_works(config: Config, session: Session) -> None:
    def broken() -> None:
        raise OSError("no python")

    async with desk(config, session, MEDIUM, worker=broken) as pilot:
        assert "oms-tui sync --follow" in said(pilot)[0]
        await pilot.press("j")
        assert cursor(pilot) == "10481"


async def test_a_store_that_cannot_be_read_is_told_where_the_orders_would_be(
    config: Config, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise session.store.cache.OperationalError("disk I/O error")  # type: ignore[attr-defined]

    monkeypatch.setattr("oms_tui.store.reads.queue.queue_page", broken)

    async with desk(config, session, MEDIUM) as pilot:
        assert "disk I/O error" in screen(pilot) or "fault of ours" in screen(pilot)
