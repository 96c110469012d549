"""The reply composer: a draft that is saved while it is written, checked while it is written, and sent once."""
