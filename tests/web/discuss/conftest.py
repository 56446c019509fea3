from tests.web.filings.conftest import browse, cast

__all__ = ["browse", "cast"]
