"""The connectors there are: ours, and those of other packages by the entry-point group ``oms_tui.connectors``.

A connector's module is imported when it is used, so a desk without Stripe never loads it.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from connectors.base import Connector

ENTRY_POINTS = "oms_tui.connectors"

_OURS = {
    "imap": "connectors.mail.imap:ImapMailbox",
    "maildir": "connectors.mail.maildir:MaildirMailbox",
    "tryton": "connectors.orders.tryton:Tryton",
    "files": "connectors.orders.files:Files",
    "easypost": "connectors.carriers.easypost:EasyPost",
    "stripe": "connectors.invoicing.stripe:Stripe",
}


class UnknownConnector(LookupError):
    """No connector has that key."""


def keys() -> list[str]:
    """Every kind a source may have, ours first."""
    theirs = sorted(point.name for point in entry_points(group=ENTRY_POINTS))
    return [*_OURS, *(name for name in theirs if name not in _OURS)]


def connector(key: str) -> type[Connector]:
    """The class of the connector ``key``.

    Raises:
        UnknownConnector: there is none of that name; the message lists those there are.
    """
    if key in _OURS:
        module, _, name = _OURS[key].partition(":")
        return cast("type[Connector]", getattr(import_module(module), name))
    for point in entry_points(group=ENTRY_POINTS, name=key):
        return cast("type[Connector]", point.load())
    raise UnknownConnector(f"no connector {key!r}; there are: {', '.join(keys())}")
