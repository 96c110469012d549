"""Open orders of customers with a service of their own that no shared view shows to anybody: itself a view."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from oms_tui.domain.absence import WITHOUT_MANAGER
from oms_tui.domain.query_tree import quote
from oms_tui.domain.standard_views import StandardView

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NAME: Final = "Priority accounts in nobody's view"
_ME: Final = re.compile(r"\b(owner|manager):me\b", re.IGNORECASE)
_PLAIN: Final = re.compile(r"(?!(?:or|and|not)$)[a-z0-9_]+", re.IGNORECASE)
_MINE: Final = re.compile(r"\bis:mine\b", re.IGNORECASE)


def nobodys_view(queries: Iterable[str], *, tiers: Sequence[str], agents: Sequence[str]) -> StandardView | None:
    """The view; None where nobody has a service of their own, no view is shared, or one of them shows everything.

    Args:
        queries: of the shared views, each one that can be read. One that says ``me`` is asked for every agent: to be
            in one person's view is enough.
        tiers: the desk's tiers; those anybody serves are left out.
        agents: who works here.
    """
    shared = list(queries)
    own = [tier for tier in tiers if tier not in WITHOUT_MANAGER]
    if not own or not shared or not all(query.strip() for query in shared):
        return None
    wanted = f"is:open ({' OR '.join(f'tier:{_value(tier)}' for tier in own)})"
    seen = dict.fromkeys(each for query in shared for each in _for_each(query, agents))
    return StandardView(
        NAME,
        f"{wanted} {' '.join(f'-({query})' for query in seen)}",
        "open, of customers with a service of their own, and no shared view shows them",
        columns=("customer", "flags", "owner", "account_manager"),
    )


def _for_each(query: str, agents: Sequence[str]) -> list[str]:
    if not (_ME.search(query) or _MINE.search(query)):
        return [query]
    return [_MINE.sub(f"owner:{name}", _ME.sub(rf"\1:{name}", query)) for name in map(_value, agents)]


def _value(name: str) -> str:
    """A name as a value of the language: plain where that is read as one."""
    return name if _PLAIN.fullmatch(name) else quote(name)
