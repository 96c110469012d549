"""What screens, commands and rules read: plain values, by index, never a table walked."""
