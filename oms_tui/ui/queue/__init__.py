"""The queue: which orders, in which order, how a row is drawn, and the widget that holds a million of them."""
