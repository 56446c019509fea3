"""The JSON Schema for editors says what the checker says."""

from __future__ import annotations

import json
from pathlib import Path

from django.core.management import call_command

from luoshi.kernel.loader.schema import pack_schema
from luoshi.kernel.loader.sections import PackFile


def test_every_section_is_in_the_schema_and_nothing_unknown_is_allowed():
    schema = pack_schema()
    assert list(schema["properties"]) == list(PackFile.model_fields)
    assert schema["additionalProperties"] is False
    assert all(d.get("additionalProperties") is False for d in schema["$defs"].values() if "properties" in d)


def test_keys_stand_as_packs_write_them():
    definitions = pack_schema()["$defs"]
    assert "import" in definitions["PackTest"]["properties"]
    assert definitions["Criterion"]["properties"]["weight"]["anyOf"][0] == {"type": "number"}


def test_the_schema_is_written_to_a_file(tmp_path: Path):
    call_command("pack", "schema", "--out", str(tmp_path / "pack.json"))
    assert json.loads((tmp_path / "pack.json").read_text(encoding="utf-8")) == pack_schema()
