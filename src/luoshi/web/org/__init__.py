"""Pages of units, posts and appointments, and the import of units."""
