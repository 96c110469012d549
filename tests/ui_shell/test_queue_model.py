from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from ui_shell.shop import item

from oms_tui.ui.queue.model import NEAR, QueueModel


def model(*ids: int) -> QueueModel:
    made = QueueModel()
    made.fill([item(each) for each in ids], None)
    return made


def test_the_cursor_stays_on_its_order_when_the_list_changes_under_it() -> None:
    queue = model(1, 2, 3)
    queue.go(2)

    differing = queue.renew([item(9), item(3), item(1), item(2)], None)

    assert queue.current is not None
    assert queue.current.id == 3
    assert queue.cursor == 1
    assert differing == [0, 1, 2, 3]


def test_an_order_that_is_gone_leaves_its_place_to_the_next() -> None:
    queue = model(1, 2, 3)
    queue.go(1)

    queue.renew([item(1), item(3)], None)

    assert queue.current == item(3)


def test_the_last_order_gone_leaves_the_one_before() -> None:
    queue = model(1, 2)
    queue.go(1)

    queue.renew([item(1)], None)
    assert queue.current == item(1)

    queue.renew([], None)
    assert queue.current is None


def test_only_rows_that_read_differently_are_drawn_again() -> None:
    queue = model(1, 2, 3)

    assert queue.renew([item(1), item(2, "Maria Lund"), item(3)], None) == [1]
    assert queue.renew([item(1), item(2, "Maria Lund"), item(3)], None) == []


def test_a_page_that_overlaps_shows_no_order_twice() -> None:
    queue = model(1, 2)
    queue.extend([item(2), item(3)], "more")

    assert [each.id for each in queue.items] == [1, 2, 3]


def test_the_next_page_is_wanted_in_time_and_only_if_there_is_one() -> None:
    queue = QueueModel()
    queue.fill([item(each) for each in range(200)], "more")
    assert not queue.wants_more

    queue.go(200 - NEAR)
    assert queue.wants_more

    queue.after = None
    assert not queue.wants_more


def test_marks_outlive_a_change_and_are_what_actions_are_for() -> None:
    queue = model(1, 2, 3)
    assert queue.chosen() == [item(1)]

    queue.go(2)
    assert queue.toggle_mark()
    queue.go(0)
    assert queue.toggle_mark()
    queue.renew([item(3, "Zoë Çelik")], None)

    assert queue.chosen() == [item(3, "Zoë Çelik"), item(1)]
    queue.toggle_all()
    assert not queue.marked


def test_marking_all_and_none() -> None:
    queue = model(1, 2)
    queue.toggle_all()
    assert len(queue.chosen()) == 2
    queue.toggle_all()
    assert queue.chosen() == [item(1)]


ids = st.lists(st.integers(1, 12), unique=True, max_size=12)


@given(ids, ids, st.integers(-5, 20), st.lists(st.integers(1, 12)))
def test_whatever_changes_the_cursor_is_on_a_row_and_on_the_same_order_if_it_is_there(
    before: list[int], after: list[int], cursor: int, marks: list[int]
) -> None:
    queue = model(*before)
    queue.go(cursor)
    queue.marked = {each: item(each) for each in marks}
    on = queue.current

    differing = queue.renew([item(each) for each in after], None)

    assert queue.cursor in range(max(1, len(after)))
    if on is not None and on.id in after:
        assert queue.current == on
    same = [at for at in range(min(len(before), len(after))) if before[at] == after[at]]
    assert sorted(differing) == [at for at in range(max(len(before), len(after))) if at not in same]
    assert set(queue.marked) == set(marks)
