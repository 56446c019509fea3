"""The ledger: one event for each action on a root, written in the same transaction. Knows nobody above it."""
