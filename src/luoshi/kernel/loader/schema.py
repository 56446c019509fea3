"""The shape of a pack file as JSON Schema, for editors that complete and check while one types."""

from __future__ import annotations

import json
from typing import Any

from luoshi.kernel.loader.sections import PackFile


def pack_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of ``pack.yaml``."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "落实业务包",
        **PackFile.model_json_schema(by_alias=True),
    }


def pack_schema_text() -> str:
    """Return the schema as the text of a file."""
    return json.dumps(pack_schema(), ensure_ascii=False, indent=2) + "\n"
