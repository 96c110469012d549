"""The order pane: everything about one order, drawn from an OrderView and nothing else."""
