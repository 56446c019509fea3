"""Questions and answers; comments."""
