"""Pages: the only place with requests, forms, templates and static files."""
