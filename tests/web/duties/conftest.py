"""The built sample and its people, as for all pages."""

from tests.web.conftest import browse, district

__all__ = ["browse", "district"]
