"""The first page after sign-in: real counts, what waits, what to do next."""
