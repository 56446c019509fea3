"""One box over everything a reader may see."""
