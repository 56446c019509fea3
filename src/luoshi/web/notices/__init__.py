"""Pages of notices: the own messages, what was sent and what was not, hours and channels."""
