"""Generic nouns, in one order of import. No word of a single subsystem occurs here."""
