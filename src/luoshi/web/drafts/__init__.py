"""数字校对: a draft is read, its contradictions are listed, nothing is kept."""
