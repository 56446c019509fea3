"""The people of the filing loop behind a client each; the form of unit P1 is opened for December."""

from tests.web.filings.conftest import browse, cast

__all__ = ["browse", "cast"]
