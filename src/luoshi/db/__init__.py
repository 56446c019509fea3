"""The SQLite backend with its write lock, code columns, and small portable SQL helpers."""
