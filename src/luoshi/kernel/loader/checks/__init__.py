"""Cross-checks: what no single entry can tell. They walk the nodes, so that an entry with one fault is still
searched for more, and a name that exists but cannot be read raises no further fault."""
