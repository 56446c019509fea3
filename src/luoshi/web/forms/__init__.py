"""Pages of form design: proposals, the builder with its live preview, the decision on a proposal."""
