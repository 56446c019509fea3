"""Pages of rounds and score sheets; every point opens its explanation."""
