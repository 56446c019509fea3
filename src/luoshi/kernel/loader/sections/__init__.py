"""The shape of a pack file: one pydantic model per section. ``PackFile`` is the whole."""

from __future__ import annotations

from luoshi.kernel.loader.sections.base import Code, Section
from luoshi.kernel.loader.sections.figures import Indicator, Scheme
from luoshi.kernel.loader.sections.forms import AnyImport, Form
from luoshi.kernel.loader.sections.head import PackHead, Role, Slot, Vocab
from luoshi.kernel.loader.sections.items import Item, Migrate
from luoshi.kernel.loader.sections.lists import ListTemplate
from luoshi.kernel.loader.sections.notices import Notice
from luoshi.kernel.loader.sections.reports import PackTest, Report
from luoshi.kernel.loader.sections.slips import Slips


class PackFile(Section):
    """All sections of a pack file, in their order."""

    pack: PackHead
    slots: dict[Code, Slot] = {}
    vocab: dict[Code, Vocab] = {}
    roles: dict[Code, Role] = {}
    items: dict[Code, Item] = {}
    forms: dict[Code, Form] = {}
    notices: dict[Code, Notice] = {}
    imports: dict[Code, AnyImport] = {}
    indicators: dict[Code, Indicator] = {}
    schemes: dict[Code, Scheme] = {}
    reports: dict[Code, Report] = {}
    slips: dict[Code, Slips] = {}
    migrate: dict[Code, Migrate] = {}
    lists: dict[Code, ListTemplate] = {}
    tests: list[PackTest] = []


# section of the file -> kind of definition
SECTION_KINDS: dict[str, str] = {
    "slots": "slot",
    "vocab": "vocab",
    "roles": "role",
    "items": "item",
    "forms": "form",
    "notices": "notice",
    "imports": "import",
    "indicators": "indicator",
    "schemes": "scheme",
    "reports": "report",
    "slips": "slip",
    "migrate": "migrate",
    "lists": "list",
}

__all__ = ["SECTION_KINDS", "PackFile"]
