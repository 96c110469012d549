"""The desk's frame: screens, keys, the reader thread, and what waits for the first frame to be on the screen."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual.app import App
from textual.binding import Binding, BindingType

from oms_tui.ui import keys as key_list
from oms_tui.ui import theme as themes
from oms_tui.ui.desk_screen import DeskScreen
from oms_tui.ui.place import Place
from oms_tui.ui.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.screen import Screen

    from oms_tui.actions.base import Action
    from oms_tui.config_model import Config
    from oms_tui.store.session import Session
    from oms_tui.ui.messages import Answer, Changed, FeedFailed
    from oms_tui.ui.questions import Sources, Status

_AGES_SECONDS: Final = 10
_STALE_AFTER_MS: Final = 10 * 60_000  # where the config names no age


class DeskApp(App[int], inherit_bindings=False):
    """The app.

    Args:
        config: the desk's config.
        session: who works, on connections that are this thread's.
        keys: the effective keys; without them the defaults, to which the actions' join after the first frame.
        worker: starts the sync worker; called after the first frame.
    """

    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {"desk": DeskScreen}
    DEFAULT_MODE: ClassVar[str] = "desk"
    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False  # ours has its own key, and is pushed by us
    BINDINGS: ClassVar[list[BindingType]] = [Binding(key_list.QUIT, "quit", "Quit", show=False, priority=True)]
    CSS: ClassVar[str] = "* { scrollbar-color: $oms-border; scrollbar-background: $oms-base; }"

    def __init__(
        self,
        config: Config,
        session: Session,
        *,
        keys: key_list.KeyMap | None = None,
        worker: Callable[[], Any] | None = None,
    ) -> None:
        self.config = config
        self.session = session
        self.keys = keys or key_list.key_map({}, ())
        self.actions: Sequence[Action] = ()
        self.status: Status | None = None
        self.sources: Sources = _sources(config)
        self._themes = config.folders.config / "themes"
        self._worker = worker
        self._child: Any = None
        self._bound = {key_list.QUIT}
        super().__init__()
        self.title = config.desk.name
        self._use_theme(themes.load(config.ui.theme, self._themes))
        self.animation_level = "full" if config.ui.animations else "none"
        self.reader = Reader(session, self)
        self._bind_keys()

    def _use_theme(self, theme: themes.Theme) -> None:
        themes.use(theme)
        made = theme.as_textual()
        self.register_theme(made)
        self.theme = made.name

    def _bind_keys(self) -> None:
        for key in self.keys.by_key:
            if key not in self._bound:
                self._bound.add(key)
                self.bind(key_list.textual_name(key), f"press({key!r})", show=False)

    # ---- beginning and end

    def on_mount(self) -> None:
        """Everything that the first frame does not need comes after it."""
        self.call_after_refresh(self._begin)

    async def _begin(self) -> None:
        self.reader.start()
        if isinstance(self.screen, DeskScreen):
            await self.screen.begin()
        self._load_actions()
        self._ask_status()
        self.set_interval(_AGES_SECONDS, self._ask_status)
        if self._worker is not None:
            self._child = self._worker()

    def _load_actions(self) -> None:
        from oms_tui.actions.catalogue import all_actions

        self.actions = all_actions()
        self.keys = key_list.key_map(self.config.keys, self.actions)
        self._bind_keys()
        self.show_keys()

    def on_unmount(self) -> None:
        """The thread ends before the process does."""
        self.reader.stop()
        if self._child is not None and hasattr(self._child, "terminate"):
            self._child.terminate()

    # ---- keys and commands

    def action_press(self, key: str) -> None:
        """A key that no widget wanted."""
        screen = self.screen
        place = screen.PLACE if isinstance(screen, Place) else ""
        bound = self.keys.of(key, place)
        if bound is not None:
            self.perform(bound.id)

    def perform(self, command: str) -> None:
        """Do a command of the screens or an action of the catalogue, by its id."""
        screen = self.screen
        if any(action.id == command for action in self.actions):
            act = getattr(screen, "act", None)
            if act is not None:
                act(command)
            return
        name, _, number = command.rpartition("_")
        arguments = (int(number),) if number.isdigit() else ()
        method = f"do_{name if arguments else command}"
        does = getattr(screen, method, None) or getattr(self, method, None)
        if does is not None:
            does(*arguments)

    def do_quit(self) -> None:
        """Leave."""
        self.exit(0)

    def do_go_queue(self) -> None:
        """The desk itself."""
        self.switch_mode("desk")

    def say(self, words: str, severity: str = "information") -> None:
        """Tell the agent something, in a sentence."""
        self.notify(words, severity=severity, markup=False)  # type: ignore[arg-type]  # one of Textual's three words

    def copy(self, text: str) -> None:
        """Put a text on the clipboard of the terminal (OSC 52), and say so: the terminal does not answer."""
        self.copy_to_clipboard(text)
        hint = "; tmux needs `set -g set-clipboard on`" if os.environ.get("TMUX") else ""
        self.say(f"{text} sent to the clipboard{hint}")

    def show_keys(self) -> None:
        """The footer may read differently."""
        if isinstance(self.screen, Place):
            self.screen.show_keys()

    # ---- what the reader tells

    def _ask_status(self) -> None:
        from oms_tui.ui import questions

        self.reader.ask("status", self, questions.status, self.sources)

    def on_answer(self, event: Answer) -> None:
        """The counts."""
        if event.slot == "status" and event.value is not None:
            self.status = event.value
            if isinstance(self.screen, Place):
                self.screen.show_status(event.value)

    def on_changed(self, event: Changed) -> None:
        """Whoever is on screen reads again what changed."""
        self._ask_status()
        if isinstance(self.screen, Place):
            self.screen.store_changed(event)

    def on_feed_failed(self, event: FeedFailed) -> None:
        """Said once."""
        self.say(event.error, "error")


def _sources(config: Config) -> Sources:
    return {
        source.name: (
            source.kind,
            source.enabled,
            int(source.stale_after.total_seconds() * 1000) if source.stale_after else _STALE_AFTER_MS,
        )
        for source in config.sources.values()
    }


def run_desk(config: Config, session: Session, *, worker: Callable[[], Any] | None = None) -> int:
    """Open the desk and stay until it is left; returns the exit code.

    Args:
        config: the desk's config.
        session: who works there.
        worker: starts the sync worker after the first frame and returns its process, which ends with the desk.

    Raises:
        ConfigError: [keys] or the theme cannot be used; nothing was drawn yet.
    """
    key_map = None
    if config.keys:
        from oms_tui.actions.catalogue import all_actions

        key_map = key_list.checked(config, all_actions())
    app = DeskApp(config, session, keys=key_map, worker=worker)
    result = app.run(mouse=config.ui.mouse)
    return app.return_code or result or 0
