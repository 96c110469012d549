"""What an action is told, from text to values: typed, checked, and every mistake named with its field."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from oms_tui.actions.base import Action, Field, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from oms_tui.store.session import Session

_YES: Final = frozenset({"yes", "y", "true", "1", "on"})
_NO: Final = frozenset({"no", "n", "false", "0", "off", ""})
_LONGEST_LINE: Final = 500
_LONGEST_BLOCK: Final = 20_000


def read_fields(session: Session, action: Action, given: Mapping[str, object]) -> dict[str, Any]:
    """Every field of ``action`` by id: as given, else its default.

    Raises:
        Refused: an unknown field, a required one missing, or a value that cannot be read; code ``usage``.
    """
    known = {field.name: field for field in action.fields}
    names = {name.replace("-", "_"): name for name in given}
    for name, written in names.items():
        if name not in known:
            raise Refused(
                f"{action.id} has no field {written!r}",
                code="usage",
                field=name,
                hint=f"it has {', '.join(known)}" if known else "it has none",
            )
    values = {
        field.name: read_field(session, field, given[names[field.name]] if field.name in names else None)
        for field in action.fields
    }
    if action.check is not None:
        action.check(session, values)
    return values


def read_field(session: Session, field: Field, value: object) -> Any:
    """One field's value; None stands for nothing given.

    Raises:
        Refused: it cannot be read, or is missing; code ``usage``.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        if field.required and not field.default:
            raise Refused(f"{field.title} is missing", code="usage", field=field.name, hint=field.help)
        value = field.default if value is None or field.required else ""
    if not isinstance(value, str):
        return value
    return _READERS[field.kind](session, field, value.strip() if field.kind != "block" else value.strip("\n"))


def options(session: Session, field: Field) -> tuple[tuple[str, str], ...]:
    """What may be chosen: pairs of value and words, for menus and completion; empty where anything may be written."""
    if field.kind == "agent":
        return tuple((agent.id, agent.shown) for agent in session.agents.values())
    return tuple(zip(field.choices, field.words or field.choices, strict=True))


def _line(_session: Session, field: Field, text: str) -> str:
    from oms_tui.domain.safe_text import safe_line

    if len(text) > _LONGEST_LINE:
        raise Refused(f"{field.title} is longer than {_LONGEST_LINE} characters", code="usage", field=field.name)
    return safe_line(text, _LONGEST_LINE).strip()


def _block(_session: Session, field: Field, text: str) -> str:
    from oms_tui.domain.safe_text import safe_block

    if len(text) > _LONGEST_BLOCK:
        raise Refused(f"{field.title} is longer than {_LONGEST_BLOCK:,} characters", code="usage", field=field.name)
    return safe_block(text, _LONGEST_BLOCK).strip()


def _choice(_session: Session, field: Field, text: str) -> str:
    wanted = text.lower().replace(" ", "_").replace("-", "_")
    if wanted in field.choices or not text:
        return wanted
    found = [value for value, words in zip(field.choices, field.words, strict=False) if words.lower() == text.lower()]
    found = found or [value for value in field.choices if value.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    there = ", ".join(field.choices)
    raise Refused(
        f"{field.title}: {text!r} is none of the choices", code="usage", field=field.name, hint=f"one of {there}"
    )


def _agent(session: Session, field: Field, text: str) -> str:
    if text in {"", "nobody", "none", "-"}:
        return ""
    if text in {"me", session.agent.id} or text in session.agents:
        return session.agent.id if text == "me" else text
    named = [agent.id for agent in session.agents.values() if text.lower() in {agent.id.lower(), agent.name.lower()}]
    if len(named) == 1:
        return named[0]
    there = ", ".join(session.agents) or session.agent.id
    raise Refused(f"there is no agent {text!r}", code="usage", field=field.name, hint=f"there are: {there}")


def _when(session: Session, field: Field, text: str) -> int | None:
    """Milliseconds since 1970 UTC; None where nothing was said."""
    from oms_tui.actions.when import read_when

    if not text:
        return None
    now = datetime.fromtimestamp(session.now() / 1000, UTC)
    try:
        moment = read_when(text, now, session.policy.hours)
    except ValueError as error:
        raise Refused(f"{field.title}: {error}", code="usage", field=field.name) from None
    return int(moment.timestamp() * 1000)


def _flag(_session: Session, field: Field, text: str) -> bool:
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise Refused(f"{field.title}: {text!r} is neither yes nor no", code="usage", field=field.name)


def _as_written(_session: Session, _field: Field, text: str) -> str:
    return text


_READERS: Final[Mapping[str, Callable[[Session, Field, str], Any]]] = {
    "line": _line,
    "block": _block,
    "choice": _choice,
    "agent": _agent,
    "when": _when,
    "flag": _flag,
    "money": _as_written,  # read with the order's currency, by the action
    "mail": _as_written,  # found in the store, by the action
}
