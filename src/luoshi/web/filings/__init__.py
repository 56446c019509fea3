"""Pages of forms: unit × period matrix, obligation drawer, import with preview, figures."""
