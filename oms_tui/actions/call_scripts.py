"""What to say in a milestone call: a macro whose file is called ``call-….md``, filled with the order's facts.

``call-shipped.md`` is for calls about that milestone (``call-out-for-delivery.md``); of others the first whose ``when``
finds the order, else ``call.md``. Scripts are read and not sent, so replies do not offer them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from oms_tui.domain.macros import Macro
    from oms_tui.store.session import Session
    from oms_tui.store.shapes import OrderView

ANY: Final = "call"
_BEGINNING: Final = "call-"


class Script(NamedTuple):
    """A script with the order's facts in it. ``missing`` are variables without a value: they read ``⟨name?⟩``."""

    title: str
    text: str
    missing: int = 0


def is_script(macro: Macro) -> bool:
    """Whether a macro is read out and not sent."""
    name = _plain(macro)
    return name == ANY or name.startswith(_BEGINNING)


def script(session: Session, order: OrderView, milestone: str) -> Script | None:
    """The script of a call about a milestone of this order; None where the desk has none.

    Raises:
        Refused: the macro is wrong; the message has its file and line.
    """
    from oms_tui.actions.macro_files import macros
    from oms_tui.actions.macro_offers import fits
    from oms_tui.actions.reply_record import filled

    found = [macro for macro in macros(session.macros) if is_script(macro)]
    wanted = f"{_BEGINNING}{milestone.replace('_', '-')}"
    chosen = (
        next((macro for macro in found if _plain(macro) == wanted), None)
        or next((macro for macro in found if macro.when and fits(session, order.item.id, macro)), None)
        or next((macro for macro in found if _plain(macro) == ANY), None)
    )
    if chosen is None:
        return None
    rendered = filled(session, chosen, order, None)
    return Script(chosen.title, rendered.text, len(rendered.missing))


def _plain(macro: Macro) -> str:
    return macro.name.rpartition("/")[2].removesuffix(".md").casefold()
