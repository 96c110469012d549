"""The keys of a reply as the footer shows them: those of the config where it names others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.binding import Binding

from oms_tui.ui.footer import Hint

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.dom import DOMNode

    from oms_tui.ui.keys import KeyMap

WRITING: Final = (
    ("composer.review", "send"),
    ("composer.pick_macro", "macro"),
    ("composer.leave", "keep draft"),
    ("composer.quotes", "quote"),
    ("composer.own_editor", "editor"),
    ("composer.next", "next field"),
)
"""While the text is written: bindings by id, the most useful first, and how they read."""

LAST_LOOK: Final = (("review.send", "send it"), ("review.preview", "preview"), ("composer.leave", "back to the text"))
"""Before it leaves."""


def key_hints(widgets: Iterable[DOMNode], wanted: Iterable[tuple[str, str]], keys: KeyMap) -> list[Hint]:
    """Hints for the ``wanted`` bindings of ``widgets``."""
    bound = {
        each.id: each.key for widget in widgets for each in widget.BINDINGS if isinstance(each, Binding) and each.id
    }
    return [Hint(name, keys.shown_inside(name, bound[name]), words) for name, words in wanted]
