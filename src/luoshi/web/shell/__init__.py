"""The frame of every page: base template, assets, sign-in, error pages, middleware."""
