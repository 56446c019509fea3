"""What the browser loads: as in the manifest, within the limits of old browsers, nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import luoshi.web
from luoshi.kernel.documents import html
from tools.vendor import differences, stored

WEB = Path(luoshi.web.__path__[0])
STATIC = WEB / "shell/static/shell"
TEMPLATES = sorted(WEB.glob("*/templates/**/*.html"))
SHEETS = sorted(STATIC.glob("*.css"))
SCRIPTS = sorted(STATIC.glob("*.js"))
# Chrome 83 knows none of these; flex gap came with 84.
TOO_NEW_CSS = re.compile(
    r"(?<![-\w])(gap|inset|aspect-ratio|accent-color)\s*:|:has\(|:is\(|:where\(|@layer|@container|color-mix|oklch|\bdvh\b|&"
)
TOO_NEW_JS = re.compile(r"\?\?=|\|\|=|&&=|\.replaceAll\(|\.at\(|structuredClone|\bawait\b|import\(|#\w+\s*=")


def test_vendored_files_are_those_of_the_manifest():
    assert differences(stored()) == []


def test_a_changed_vendored_file_is_noticed():
    files = stored()
    files["echarts.min.js"] += b" "
    assert differences(files) == ["echarts.min.js：内容与清单的 sha256 或大小不符"]
    assert differences({**stored(), "more.js": b""}) == ["more.js：清单中没有"]


@pytest.mark.parametrize("sheet", SHEETS, ids=[each.name for each in SHEETS])
def test_style_sheets_keep_to_old_browsers(sheet):
    code = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
    assert not TOO_NEW_CSS.findall(code)
    assert code.count("{") == code.count("}") and "url(" not in code and "@import" not in code


@pytest.mark.parametrize("script", SCRIPTS, ids=[each.name for each in SCRIPTS])
def test_scripts_keep_to_old_browsers(script):
    code = script.read_text("utf-8")
    assert not TOO_NEW_JS.findall(code) and "http" not in code and "eval(" not in code


@pytest.mark.parametrize("page", TEMPLATES, ids=[each.name for each in TEMPLATES])
def test_templates_name_their_variables_and_load_nothing_from_elsewhere(page):
    text = page.read_text("utf-8")
    assert "http://" not in text and "https://" not in text
    assert "onclick" not in text and "<style" not in text and "|safe" not in text
    if page.name.startswith("_"):
        assert re.search(r"\{# Variables?:", text.split("\n")[0]), "a fragment says which variables it takes"


def test_icons_used_and_icons_kept_are_the_same():
    used: set[str] = set()
    for page in TEMPLATES:
        used |= set(re.findall(r'\{% icon "([\w-]+)" %\}', page.read_text("utf-8")))
    for code in WEB.glob("*/*.py"):
        used |= set(re.findall(r'"((?:[a-z0-9]+-)*[a-z0-9]+)"', code.read_text("utf-8"))) & kept()
    assert used == kept()


def kept() -> set[str]:
    """Return the names of the icons that are kept."""
    return {path.stem for path in (WEB / "shell/icons").glob("*.svg")}


def test_every_class_of_the_style_sheets_is_used():
    css = "".join(re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL) for sheet in SHEETS)
    named = set(re.findall(r"\.([a-zA-Z][\w-]*)", re.sub(r"\{[^{}]*\}", "{}", css)))
    built = {
        "htmx-request",
        *(f"gw-h{level}" for level in range(1, 5)),
        *(f"lv-{depth}" for depth in range(1, 6)),
        *(f"load-{level}" for level in range(1, 5)),
    }
    sources = [*TEMPLATES, *SCRIPTS, *WEB.glob("*/*.py"), *WEB.glob("*/*/*.py"), Path(html.__file__)]
    text = "".join(path.read_text("utf-8") for path in sources)
    unused = {name for name in named - built if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)}
    assert not unused
