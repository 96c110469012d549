"""The rules of the trade: pure functions of values. No clock, no store, no screen inside; they are handed in."""
