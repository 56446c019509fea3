"""Files by content: a store addressed by hash, checks before anything is opened, safe reading of tables."""
