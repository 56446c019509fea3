"""Units, the dated trees they stand in, persons, posts and appointments."""
