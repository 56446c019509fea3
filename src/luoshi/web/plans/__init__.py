"""Pages of plans: the tree, its import, handing out, coverage, differences, the own tasks."""
