"""Mails nobody looks after: not answered, not closed for a reason, in nobody's hands. An empty list is the aim."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from oms_tui.ui.keys import UNATTENDED
from oms_tui.ui.screens.unlinked import Listed, UnlinkedScreen

if TYPE_CHECKING:
    from oms_tui.store.session import Session

_MOST = 200


class UnattendedScreen(UnlinkedScreen):
    """The same list as ``check --unattended``, the longest waiting first; links, closes and puts aside by key."""

    PLACE = UNATTENDED
    HERE = "go_unattended"
    LIST: ClassVar[str] = "Unattended mail"
    EMPTY: ClassVar[str] = "every mail is answered, closed for a reason, or in somebody's hands"
    REASONS: ClassVar[bool] = True

    @staticmethod
    def listed(session: Session) -> Listed:
        """What the list shows."""
        from oms_tui.store.reads.mail import unattended

        found = unattended(session.store, session.policy, session.now(), limit=_MOST + 1)
        return Listed(tuple(found[:_MOST]), more=len(found) > _MOST)
