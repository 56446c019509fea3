"""Pages of rectification: the three lists, statistics, rechecks, public notices, sibling checks, tables."""
