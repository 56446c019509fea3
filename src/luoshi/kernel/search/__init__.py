"""Finding records by what they say: an index of pairs of characters, derived and made anew at any time."""
