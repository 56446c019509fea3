"""基层减负: the registry of forms, what they cost, and who causes it."""
