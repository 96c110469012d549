"""Asking for a file: its path, completed by tab as a shell does it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from oms_tui.ui.dialogs.frame import FramedDialog
from oms_tui.ui.order.frame import size_text
from oms_tui.ui.rows import Part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

_MOST = 8  # names that are listed


def completed(text: str) -> tuple[str, list[str]]:
    """The path as far as it is certain, and the names it may go on with. Hidden files only if asked for."""
    folder, _, begun = text.rpartition("/")
    root = Path(folder or ("/" if text.startswith("/") else ".")).expanduser()
    try:
        names = sorted(
            f"{each.name}/" if each.is_dir() else each.name
            for each in os.scandir(root)
            if each.name.startswith(begun) and (begun.startswith(".") or not each.name.startswith("."))
        )
    except OSError:
        return text, []
    if not names:
        return text, []
    common = os.path.commonprefix(names)  # noqa: RUF071 - letters in common are what a shell completes
    lead = f"{folder}/" if folder or text.startswith("/") else ""
    return lead + (common or begun), names


class AskPath(FramedDialog[Path]):
    """Hands back the path of a file that is there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "Complete", id="path.complete", show=False, priority=True)
    ]

    def __init__(self, title: str, start: str = "") -> None:
        super().__init__(title)
        self._start = start
        self._input = Input(value=start, placeholder="a path; tab completes it", compact=True, select_on_focus=False)
        self._input.cursor_blink = False
        self._words = Static("", markup=False)

    def inside(self) -> Iterable[Widget]:
        """The path, and what can be said of it."""
        yield self._input
        yield self._words

    def on_mount(self) -> None:
        """Write at once."""
        super().on_mount()
        self._input.focus()

    def hint(self) -> tuple[Part, ...]:
        """The keys."""
        key = Part("enter", "accent", bold=True)
        return (Part("tab", "accent"), Part(" completes  ", "muted"), key, Part(" takes it  ", "text"), *super().hint())

    def action_complete(self) -> None:
        """As far as it is certain; the names it may go on with are listed."""
        text, names = completed(self._input.value)
        self._input.value = text
        self._input.cursor_position = len(text)
        more = f"\n… {len(names) - _MOST} more" if len(names) > _MOST else ""
        self._words.update(Content("\n".join(names[:_MOST]) + more if len(names) > 1 else ""))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        path = Path(event.value).expanduser() if event.value.strip() else None
        if path is not None and path.is_file():
            self._words.update(Content(f"{path.name}, {size_text(path.stat().st_size)}"))
        else:
            self._words.update("")

    @on(Input.Submitted)
    def _taken(self, event: Input.Submitted) -> None:
        path = Path(event.value.strip()).expanduser()
        if not event.value.strip():
            self.dismiss(None)
        elif path.is_file():
            self.dismiss(path)
        else:
            self._words.update(Content(f"{path} is no file"))
