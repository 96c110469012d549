"""What people decide, written to the desk: each write one transaction, in the feed, in the log, and undoable."""
