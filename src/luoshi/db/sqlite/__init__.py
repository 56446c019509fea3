"""Django's SQLite backend with durable settings and an orderly queue of writers."""
