"""The product's settings with the compared views; ``LUOSHI_BENCH_BARE`` leaves all middleware out."""

from __future__ import annotations

import os

from luoshi.conf.settings import *  # noqa: F403
from luoshi.conf.settings import INSTALLED_APPS as PRODUCT_APPS
from luoshi.conf.settings import MIDDLEWARE as PRODUCT_MIDDLEWARE

INSTALLED_APPS = [*PRODUCT_APPS, "bench.create"]
MIDDLEWARE = [] if os.environ.get("LUOSHI_BENCH_BARE") else PRODUCT_MIDDLEWARE
ROOT_URLCONF = "bench.create.urls"
