"""Pages of ledger events, verification and the security log."""
