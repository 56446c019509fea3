from __future__ import annotations

from tools import links


def test_every_link_between_pages_leads_somewhere():
    dead = [
        f"{page.relative_to(links.ROOT)}: {target}"
        for page in links.pages(links.ROOT)
        for target in links.dead_links(page)
    ]
    assert dead == []


def test_dead_files_and_dead_headings_are_found(tmp_path):
    (tmp_path / "a.md").write_text(
        "# 单位 树\n[b](b.md) [gone](c.md) [part](b.md#two-parts) [none](b.md#three) [own](#单位-树) [out](https://example.cn)\n"
        "`[code](no.md)`\n```\n[code](no.md)\n```\n"
    )
    (tmp_path / "b.md").write_text("## Two parts!\n")
    assert list(links.dead_links(tmp_path / "a.md")) == ["c.md", "b.md#three"]
