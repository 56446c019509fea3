"""Links between the Markdown pages of the repository lead to a file, and to a heading that is there.

python tools/links.py     exit 1 and one line for each dead link
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^()\s]+)\)|!\[[^\]]*\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
ELSEWHERE = re.compile(r"[a-z]+:")


def pages(root: Path) -> list[Path]:
    """Markdown files at the top and below docs/ and src/."""
    return sorted([*root.glob("*.md"), *(root / "docs").rglob("*.md"), *(root / "src").rglob("*.md")])


def anchor(heading: str) -> str:
    """Return the fragment by which a heading is reached: lower case, no punctuation, hyphens for blanks."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {anchor(heading) for heading in HEADING.findall(CODE.sub("", page.read_text()))}


def dead_links(page: Path) -> Iterator[str]:
    """Yield every target of ``page`` that leads nowhere; addresses on other machines are not asked."""
    for match in LINK.finditer(CODE.sub("", page.read_text())):
        target = match.group(1) or match.group(2)
        if ELSEWHERE.match(target):
            continue
        name, _, fragment = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (fragment and file.suffix == ".md" and fragment not in anchors(file)):
            yield target


def main(root: Path = ROOT) -> int:
    dead = [f"{page.relative_to(root)}: {target}" for page in pages(root) for target in dead_links(page)]
    for line in dead:
        print(f"链接失效：{line}")
    return 1 if dead else 0


if __name__ == "__main__":
    sys.exit(main())
