"""Whether what is written is on the disk: what was kept, what is on its way there, what still has to go."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final

_SECOND: Final = 1000
_TEN_SECONDS: Final = 10 * _SECOND
_MINUTE: Final = 60 * _SECOND
_HOUR: Final = 60 * _MINUTE


@dataclass(frozen=True, slots=True)
class Written:
    """What a draft says. Its attachments are kept by ``attach`` at once, and are no typing."""

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    subject: str = ""
    body: str = ""
    quote: bool = True

    def differing(self, kept: Written) -> dict[str, Any]:
        """The fields that are not as in ``kept``, by name."""
        names = (field.name for field in fields(self))
        return {name: getattr(self, name) for name in names if getattr(self, name) != getattr(kept, name)}


class Saving:
    """One draft's way to the disk. Times are milliseconds since 1970 UTC; saves are answered in the order asked."""

    def __init__(self, kept: Written, kept_at: int) -> None:
        self.kept = kept
        self.kept_at = kept_at
        self.error = ""
        self._asked: dict[int, Written] = {}

    def to_keep(self, now: Written) -> dict[str, Any]:
        """What has to be saved of what is written now: {} if it is on the disk or on its way."""
        newest = next(reversed(self._asked.values()), self.kept)
        return now.differing(newest)

    def asked(self, generation: int, written: Written) -> None:
        """It was handed to the reader."""
        self._asked[generation] = written

    def answered(self, generation: int, error: str, at: int) -> bool:
        """The reader answered; False if this was no save of ours."""
        written = self._asked.pop(generation, None)
        if written is None:
            return False
        self.error = error
        if not error:
            self.kept, self.kept_at = written, at
        else:
            self._asked.clear()  # what was asked after it builds on it: it is asked again with the rest
        return True

    @property
    def on_its_way(self) -> bool:
        """Whether a save was asked and not answered yet."""
        return bool(self._asked)

    def safe(self, now: Written) -> bool:
        """Whether all that is written is on the disk."""
        return not now.differing(self.kept)

    def words(self, written: Written, now: int) -> tuple[str, str]:
        """The state in words, and the style to say it in."""
        if self.error:
            return f"NOT SAVED: {self.error}", "alarm"
        if not self.safe(written):
            return "saving …", "muted"
        return f"saved {how_long(now - self.kept_at)} ago", "good"


def how_long(age: int) -> str:
    """An age that is seldom another: seconds up to ten, then tens of seconds, minutes, hours."""
    age = max(0, age)
    if age < _TEN_SECONDS:
        return f"{age // _SECOND}s"
    if age < _MINUTE:
        return f"{age // _TEN_SECONDS * 10}s"
    return f"{age // _MINUTE}m" if age < _HOUR else f"{age // _HOUR}h"
