"""What stands against a reply and what its writer should know: a few lines between its head and its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Protocol

from oms_tui.domain.macros import unresolved
from oms_tui.ui.lines import LinesView
from oms_tui.ui.rows import Part, Row, cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from oms_tui.ui.composer.saving import Written

_MOST: Final = 4  # lines; what is more is counted


class ProblemLike(Protocol):
    """What ``actions.reply.check`` finds."""

    @property
    def field(self) -> str:
        """Where it is: ``to``, ``cc``, ``subject``, ``body``, ``attachments`` or ``thread``."""

    @property
    def words(self) -> str:
        """What it is, for people."""

    @property
    def blocking(self) -> bool:
        """Whether it must not be sent like this."""

    @property
    def kind(self) -> str:
        """``missing`` of a value that the text lacks, ``blank`` of a text that is not begun."""


def problem_rows(problems: Sequence[ProblemLike], written: Written, width: int, *, most: int = _MOST) -> list[Row]:
    """A line for each problem, what blocks first. What is missing in the text is known at once, without a check."""
    lines: list[tuple[bool, str, str, str]] = []
    missing = [*unresolved(written.subject), *unresolved(written.body)]
    if missing:
        names = ", ".join(dict.fromkeys(each.name or "a value" for each in missing))
        lines.append((True, "body", f"missing: {names}", ""))
    # What a check found missing is said already, of the text as it is now, or was filled in meanwhile.
    lines += [(each.blocking, each.field, each.words, each.kind) for each in problems if each.kind != "missing"]
    lines.sort(key=lambda line: not line[0])
    rows = []
    for blocking, field, words, kind in lines[:most]:
        mark, level = ("✗", "alarm") if blocking else ("!", "warn")
        if kind == "blank":  # true of every reply at first, and no mistake
            mark, level = "·", "muted"
        rows.append(Row(cut([Part(f"{mark} ", level, bold=True), Part(words, level)], width), key=("field", field)))
    if len(lines) > most:
        blocked = sum(line[0] for line in lines[most:])
        more = f"… {len(lines) - most} more" + (f", {blocked} of them block" if blocked else "")
        rows[-1:] = [
            Row(
                cut([Part(more if most == 1 else f"{more}, and: ", "warn"), *rows[-1].parts[1:]], width),
                key=rows[-1].key,
            )
        ]
    return rows


def blocking(problems: Iterable[ProblemLike], written: Written) -> bool:
    """Whether it must not be sent as it is."""
    return any(each.blocking for each in problems) or bool(unresolved(written.subject) or unresolved(written.body))


class ProblemLines(LinesView, can_focus=False):
    """The lines; as high as there are any."""

    CURSOR = "none"
    MARGIN: ClassVar[int] = 0
    DEFAULT_CSS: ClassVar[str] = (
        "ProblemLines { height: auto; max-height: 4; background: $oms-base; color: $oms-text; }"
    )

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._made: tuple[Sequence[ProblemLike], Written] | None = None
        self._more: tuple[Row, ...] = ()

    def show(self, problems: Sequence[ProblemLike], written: Written, more: Sequence[Row] = ()) -> None:
        """Show what was found last, for what is written now; ``more`` are lines of other kinds, such as files."""
        self._made = (problems, written)
        self._more = tuple(more)
        rows = self.rows_for(self.text_width)
        self.styles.height = len(rows)
        self.display = bool(rows)
        self.reload()

    def rows_for(self, width: int) -> Sequence[Row]:
        """The rows of ``problem_rows``."""
        if self._made is None:
            return ()
        return (*problem_rows(*self._made, width, most=max(1, _MOST - len(self._more))), *self._more)
