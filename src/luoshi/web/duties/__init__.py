"""Pages of responsibility lists: the district's, each unit's own, drafting and publishing."""
