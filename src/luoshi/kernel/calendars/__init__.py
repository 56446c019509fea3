"""Working days: which days are worked, as published each year."""
