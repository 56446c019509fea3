"""Plain Python that the rest stands on: no Django, no files, no clock but the one in ``clock``."""
