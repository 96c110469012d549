"""What stories about actions are told with."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, get_args, get_type_hints
from zoneinfo import ZoneInfo

from oms_tui.domain.business_time import BusinessHours, read_week

if TYPE_CHECKING:
    from oms_tui.store.session import Session

BERLIN = ZoneInfo("Europe/Berlin")
HOURS = BusinessHours(BERLIN, read_week({"mon-fri": ["09:00-12:00", "13:00-17:30"]}), [date(2026, 12, 25)])


def at(text: str) -> int:
    """Milliseconds of a wall clock time in Berlin."""
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp() * 1000)


def blank(kind: type[Any], /, **values: Any) -> Any:
    """A shape with nothing in it but ``values``."""
    hints = get_type_hints(kind)
    return kind(**{each.name: values.get(each.name, _nothing(hints[each.name])) for each in fields(kind)})


def _nothing(hint: Any) -> Any:
    if is_dataclass(hint):
        return blank(hint)  # type: ignore[arg-type]
    if type(None) in get_args(hint):
        return None
    return getattr(hint, "__origin__", hint)()


@dataclass
class Clock:
    """Now, as the test says."""

    now: int = field(default_factory=lambda: at("2026-11-26T14:00"))

    def __call__(self) -> int:
        return self.now

    def pass_(self, **length: float) -> None:
        self.now += int(timedelta(**length).total_seconds() * 1000)


def as_agent(session: Session, agent: str) -> Session:
    """The same desk with another agent at it."""
    return replace(session, agent=session.agents[agent])


def moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
