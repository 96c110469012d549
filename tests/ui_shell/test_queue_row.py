from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from ui_shell.shop import ITEM

from oms_tui.store.shapes import Flag
from oms_tui.ui.queue.row import ALARM, BADGE, CURSOR, MARK, Look, badge, lines
from oms_tui.ui.rows import clean

if TYPE_CHECKING:
    from oms_tui.ui.rows import Part


def text(parts: tuple[Part, ...]) -> str:
    return "".join(part.text for part in parts)


def test_two_lines_in_a_narrow_list() -> None:
    first, second = lines(ITEM._replace(number="10482", owner="ana"), 40, Look(agent="ana"))

    assert text(first).startswith("  #10482 Jan Kowal ")
    assert text(first).endswith(" KEY ")
    assert text(second).startswith("   ! late 2d")
    assert text(second).endswith(" you ")


def test_one_line_where_there_is_room() -> None:
    (line,) = lines(ITEM._replace(owner="lea"), 80, Look(cursor=True, marked=True, agent="ana"))

    assert text(line).startswith(f"{CURSOR}{MARK}#1 Jan Kowal")
    assert "! late 2d" in text(line)
    assert "picking" in text(line)
    assert "@lea" in text(line)


def test_alarm_is_said_and_not_only_coloured() -> None:
    calm = ITEM._replace(flags=(Flag("ready to release", "good"),))

    assert ALARM in text(lines(ITEM, 40, Look())[1])
    assert ALARM not in text(lines(calm, 40, Look())[1])


def test_an_order_without_flags_says_how_far_it_is() -> None:
    assert text(lines(ITEM._replace(flags=(), stage="awaiting_stock"), 40, Look())[1]).strip() == "awaiting stock"


def test_of_several_parcels_it_is_said_how_many_are_further_and_where_the_others_are() -> None:
    (line,) = lines(ITEM._replace(stage="ready_to_release", progress="1/2"), 80, Look())
    assert " 1/2 ready to re… " in text(line)
    (line,) = lines(ITEM._replace(stage="in_transit", progress="0/2"), 80, Look())
    assert " 0/2 in transit " in text(line)


def test_a_tier_of_the_desks_own_has_a_badge_too() -> None:
    assert badge("standard").text == " STD "
    assert badge("gold") == (" GO… ", "tier.gold", False)
    assert cell_len(badge("ßß").text) == BADGE


def test_the_badge_does_not_change_with_the_cursor() -> None:
    """A step of the cursor leaves it alone; it need not be sent."""
    for width in (40, 80):
        assert lines(ITEM, width, Look())[0][-1] == lines(ITEM, width, Look(cursor=True))[0][-1]


def test_what_an_outsider_wrote_is_text() -> None:
    hostile = ITEM._replace(name="a [/b] [@click=app.quit]x[/]\x1b]0;owned\x07\u202e", number="[red]7")

    for width in (30, 80):
        for line in lines(hostile, width, Look()):
            assert text(line).isprintable()
            assert cell_len(text(line)) == width


names = st.text(max_size=60)
flags = st.lists(st.builds(Flag, st.text(max_size=20), st.sampled_from(("alarm", "warn", "quiet", "odd"))), max_size=6)


@given(names, st.text(max_size=20), names, flags, st.integers(24, 120), st.booleans(), st.booleans())
def test_every_line_is_as_wide_as_the_list(
    name: str, number: str, owner: str, flagged: list[Flag], width: int, cursor: bool, marked: bool
) -> None:
    order = ITEM._replace(name=name, number=number, owner=owner, flags=tuple(flagged))

    for line in lines(order, width, Look(cursor, marked, "ana")):
        assert sum(cell_len(part.text) for part in line) == width
        assert clean(text(line)) == text(line)
