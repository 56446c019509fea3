"""What other areas show with items: for the types they name, in their place and order, for who may see it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from luoshi.web.items import panels
from luoshi.web.items.panels import Act, Tool, register_act, register_panel, register_tool
from luoshi.web.shell.panels import Panel
from tests.web.conftest import soup
from tests.web.items.makers import CASE, item_taken_in

LIST = f"/items/{CASE}/"


@pytest.fixture(autouse=True)
def own_registers(monkeypatch):
    """Register into copies, so that a test leaves nothing behind."""
    for name in ("_panels", "_acts", "_tools"):
        monkeypatch.setattr(panels, name, dict(getattr(panels, name)))


@pytest.fixture(autouse=True)
def own_template(tmp_path, settings):
    """Let a panel of the tests have a template."""
    (tmp_path / "_plain.html").write_text("<section><h2>{{ panel.data.title }}</h2></section>", "utf-8")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]


def every(kind):
    return True


def none_of_them(kind):
    return False


def told(text):
    """Return a build of a panel with a heading."""
    return lambda request, item, kind: Panel("_plain.html", {"title": text})


def never(*args):
    raise AssertionError("built for a type it does not fit")


def test_panels_stand_in_their_place_and_order(district, browse):
    item = item_taken_in(district)
    register_panel("b", for_types=every, build=told("后一块"), order=90)
    register_panel("a", for_types=every, build=told("前一块"), order=80)
    register_panel("c", for_types=every, build=told("侧边一块"), place="side")
    register_panel("d", for_types=none_of_them, build=never)
    register_panel("e", for_types=every, build=lambda request, item, kind: None)
    page = soup(browse("tongji").get(reverse("item_detail", args=[item.pk])))
    main = [each.get_text() for each in page.select(".w66 > section h2")]
    assert main.index("前一块") < main.index("后一块") < main.index("办理过程")
    assert "侧边一块" in [each.get_text() for each in page.select(".w33 > section h2")]


def test_acts_and_tools_are_shown_to_whom_they_are_built_for(district, browse):
    def for_the_desk(request, *what):
        return request.actor.post_code == "sq-desk"

    register_act(
        "mark",
        for_types=every,
        build=lambda request, item, kind: (
            Act("打分", f"/marks/{item.pk}/", drawer=True) if for_the_desk(request) else None
        ),
    )
    register_tool(
        "tree",
        for_types=every,
        build=lambda request, kind: Tool("分解图", "/tree/", "sitemap") if for_the_desk(request) else None,
    )
    item = item_taken_in(district)
    detail = reverse("item_detail", args=[item.pk])
    desk, office = browse("tongji"), browse("ducha")
    assert soup(desk.get(detail)).select_one(f'.acts a[href="/marks/{item.pk}/"][data-drawer]')
    assert soup(desk.get(LIST)).select_one('a[href="/tree/"]').get_text(strip=True) == "分解图"
    assert "打分" not in soup(office.get(detail)).get_text()
    assert not soup(office.get(LIST)).select('a[href="/tree/"]')


def test_an_unknown_place_and_a_taken_key_fail():
    with pytest.raises(LookupError, match="did you mean 'side'"):
        register_panel("x", for_types=every, build=never, place="sides")
    register_panel("x", for_types=every, build=never)
    with pytest.raises(ValueError, match="'x' is registered already"):
        register_panel("x", for_types=every, build=never)
