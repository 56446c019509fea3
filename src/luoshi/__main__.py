"""The ``luoshi`` command: every management command of the product under one name."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luoshi.conf.settings")
    execute_from_command_line(["luoshi", *sys.argv[1:]])


if __name__ == "__main__":
    main()
