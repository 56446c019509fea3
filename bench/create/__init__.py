"""What ``bench/http_create.py`` starts: two plain tables, the compared views and their server."""
