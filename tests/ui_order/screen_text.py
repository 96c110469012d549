"""What is on the screen, as text: line by line, and where colours matter, with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

if TYPE_CHECKING:
    from rich.style import Style
    from textual.app import App
    from textual.strip import Strip


def strips(app: App[object]) -> list[Strip]:
    """The lines of the screen in front."""
    return list(app.screen._compositor.render_strips())


def lines(app: App[object]) -> list[str]:
    """The lines of the screen in front as they read, without blanks at their ends."""
    return [strip.text.rstrip() for strip in strips(app)]


def text(app: App[object]) -> str:
    """All of it."""
    return "\n".join(lines(app))


def widths(app: App[object]) -> set[int]:
    """How many cells the lines take; one width, or something is out of step."""
    return {cell_len(strip.text) for strip in strips(app)}


def styles_of(app: App[object], words: str) -> list[Style]:
    """The styles of every segment that contains ``words``."""
    return [
        segment.style
        for strip in strips(app)
        for segment in strip
        if words in segment.text and segment.style is not None
    ]
