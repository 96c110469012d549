"""What a desk learns about itself: one file a report, each figure made once for command, screen and JSON."""
