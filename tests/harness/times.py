"""The one moment at which tests happen: the morning on which the demo starts."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2021, 1, 15, 8, 0, tzinfo=SHANGHAI)
TODAY = NOW.date()
