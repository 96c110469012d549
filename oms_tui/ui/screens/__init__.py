"""The screens beside the desk itself: unlinked mail, the outbox, the sources."""
