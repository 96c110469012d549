"""The Textual app: screens, panes, dialogs, line widgets."""
