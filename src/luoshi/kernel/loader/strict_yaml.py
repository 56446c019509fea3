"""YAML read strictly: text, integers, decimals, true, false and null; nothing is guessed.

No dates, no yes/no, no octal, no anchors, tags or merge keys; a duplicate key is a fault. A piece that is no
YAML at all does not hide the rest: the file is then read entry by entry, so that all faults show in one run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.events import AliasEvent
from yaml.nodes import MappingNode, ScalarNode, SequenceNode
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

from luoshi.core.canonical import LARGEST_INT
from luoshi.kernel.loader.nodes import Faults, Node, Place, Scalar, join

MOST_BYTES = 1_000_000
DEEPEST = 20
TAG = "tag:yaml.org,2002:"
_KEY_LINE = re.compile(r"^(?P<indent> *)(?P<key>[^\s#'\"{}\[\],&*!|>%@`:-][^:#]*?):(?:\s|$)")
_PROBLEMS = (
    ("tab", "行首不能用制表符缩进，请改用空格"),
    ("'\\t'", "行首不能用制表符缩进，请改用空格"),
    ("quoted scalar", "引号没有配对"),
    ("expected ',' or", "括号没有配对，或各项之间缺少逗号"),
    ("mapping values are not allowed", "此处不能出现冒号；文字中含冒号加空格时请加引号，并核对缩进"),
    ("could not find expected ':'", "缺少冒号，或缩进不对"),
    ("expected <block end>", "缩进与上一行不一致"),
    ("cannot start any token", "文字不能以这个字符开头，请加引号"),
    ("single document", "一个文件只能有一份内容，请去掉 ---"),
)


class _Resolver(BaseResolver):
    """Only what stands below has a type; the rest is text."""


_Resolver.add_implicit_resolver(f"{TAG}bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Resolver.add_implicit_resolver(f"{TAG}null", re.compile(r"^(?:null)?$"), ["n", ""])
_Resolver.add_implicit_resolver(f"{TAG}int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))
_Resolver.add_implicit_resolver(
    f"{TAG}float", re.compile(r"^-?(?:0|[1-9][0-9]*)\.[0-9]+$"), list("-0123456789")
)


class _Strict(Reader, Scanner, Parser, Composer, _Resolver):
    """Composes nodes; notes anchors, aliases and tags instead of obeying them."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        _Resolver.__init__(self)
        self.refused: list[tuple[yaml.Mark, str]] = []
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        mark = event.start_mark
        if isinstance(event, AliasEvent):
            self.get_event()  # type: ignore[no-untyped-call]
            self.refused.append((mark, "不能用 * 引用别处的内容，请写全"))
            return ScalarNode(f"{TAG}str", "", mark, mark)
        if event.anchor is not None:
            self.refused.append((mark, "不能用 & 标记内容，请去掉"))
            event.anchor = None
        if event.tag is not None:
            self.refused.append((mark, f"不能用类型标记 {event.tag}，请去掉"))
            event.tag = None
        self._depth += 1
        if self._depth > DEEPEST:
            raise yaml.composer.ComposerError(None, None, "nested too deep", mark)
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


def read_yaml(data: bytes, file: str, faults: Faults) -> Node | None:
    """Return the content of a pack file; what cannot be read is in ``faults``, the rest is there.

    None when nothing at all could be read.
    """
    if len(data) > MOST_BYTES:
        faults.add(Place(file, 1, 1), f"文件超过 {MOST_BYTES // 1000} KB，请拆分业务包")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        faults.add(Place(file, line, 1), "文件不是 UTF-8 编码，请另存为 UTF-8")
        return None
    root = _Reading(file, faults).document(text.replace("\r\n", "\n"))
    if root is not None and not isinstance(root.value, dict):
        faults.add(root.place, "业务包文件应由 pack、forms 等段落组成")
        return None
    return root


class _Reading:
    """One reading of one file."""

    def __init__(self, file: str, faults: Faults) -> None:
        self.file = file
        self.faults = faults

    def document(self, text: str) -> Node | None:
        return self._block(text, 0, "")

    def _block(self, text: str, before: int, path: str) -> Node | None:
        """Read ``text``, which begins after ``before`` lines; on a syntax error entry by entry."""
        try:
            loader = _Strict(text)
            tree = loader.get_single_node()
        except (yaml.YAMLError, RecursionError) as error:
            pieces = list(_pieces(text))
            if len(pieces) > 1 or (pieces and "\n" in pieces[0][2].strip("\n")):
                return self._entries(pieces, before, path)
            self.faults.add(self._error_place(error, text, before, path), _problem(error))
            return None
        for mark, message in loader.refused:
            self.faults.add(Place(self.file, before + mark.line + 1, mark.column + 1, path), message)
        if tree is None:
            return None
        start = self._place(tree.start_mark, before, path)
        return self._node(tree, before, path, start)

    def _entries(self, pieces: list[tuple[int, str, str]], before: int, path: str) -> Node:
        """Read the entries of a broken block one by one; an entry that stays unreadable is lost by name."""
        found: dict[str, Node] = {}
        node = Node(Place(self.file, before + 1, 1, path), found, Place(self.file, before + 1, 1, path))
        for line, key, text in pieces:
            part = self._entry(key, text, before + line, path)
            if part is not None and key not in found and (child := part.get(key)) is not None:
                found[key] = child
                node.lost |= part.lost
            else:
                node.lost.add(key)
        return node

    def _entry(self, key: str, text: str, before: int, path: str) -> Node | None:
        """Read one entry ``key: …``; when it is broken itself, its own entries one by one."""
        try:
            _Strict(text).get_single_node()
        except (yaml.YAMLError, RecursionError) as error:
            head, _, body = text.partition("\n")
            if head.rstrip().endswith(":") and len(list(_pieces(body))) > 0:
                inner = self._block(body, before + 1, join(path, key))
                if inner is None:
                    return None
                indent = len(head) - len(head.lstrip())
                inner.head = Place(self.file, before + 1, indent + 1, join(path, key))
                return Node(inner.head, {key: inner}, inner.head)
            self.faults.add(self._error_place(error, text, before, join(path, key)), _problem(error))
            return None
        return self._block(text, before, path)

    def _node(self, tree: yaml.Node, before: int, path: str, head: Place) -> Node:
        place = self._place(tree.start_mark, before, path)
        if isinstance(tree, MappingNode):
            return self._mapping(tree, before, place, head)
        if isinstance(tree, SequenceNode):
            parts: list[Node] = []
            for number, child in enumerate(tree.value):
                inner = join(path, number)
                parts.append(self._node(child, before, inner, self._place(child.start_mark, before, inner)))
            return Node(place, parts, head)
        assert isinstance(tree, ScalarNode)
        one_line = tree.start_mark.line == tree.end_mark.line
        return Node(place, self._scalar(tree, place), head, tree.style, one_line)

    def _mapping(self, tree: MappingNode, before: int, place: Place, head: Place) -> Node:
        found: dict[str, Node] = {}
        first: dict[str, int] = {}
        for key_tree, value_tree in tree.value:
            spot = self._place(key_tree.start_mark, before, place.path)
            key = key_tree.value if isinstance(key_tree, ScalarNode) else None
            if key is None or key_tree.tag != f"{TAG}str" or not key.isascii():
                self.faults.add(
                    spot, f"键“{key if key is not None else '…'}”应为英文代码，中文请写在 title 中"
                )
                continue
            path = join(place.path, key)
            spot = Place(spot.file, spot.line, spot.col, path)
            if key in found:
                self.faults.add(spot, f"键 {key} 重复，第 {first[key]} 行已经写过")
                continue
            first[key] = spot.line
            found[key] = self._node(value_tree, before, path, spot)
        return Node(place, found, head)

    def _scalar(self, tree: ScalarNode, place: Place) -> Scalar:
        match tree.tag.removeprefix(TAG):
            case "int":
                if abs(int(tree.value)) > LARGEST_INT:
                    self.faults.add(place, "整数太大")
                    return None
                return int(tree.value)
            case "float":
                if len(tree.value) > 30:
                    self.faults.add(place, "数字超过三十位")
                    return None
                return Decimal(tree.value)
            case "bool":
                return bool(tree.value == "true")
            case "null":
                if tree.value == "":
                    self.faults.add(place, "冒号后没有内容；没有时请写 null 或 none")
                return None
        return str(tree.value)

    def _place(self, mark: yaml.Mark, before: int, path: str) -> Place:
        return Place(self.file, before + mark.line + 1, mark.column + 1, path)

    def _error_place(self, error: Exception, text: str, before: int, path: str) -> Place:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        if mark is not None:
            # an error noticed only at the end of the piece is shown where the piece's last text stands
            lines = text.rstrip("\n").split("\n")
            line = min(mark.line, len(lines) - 1)
            return Place(self.file, before + line + 1, mark.column + 1, path)
        if isinstance(error, ReaderError):
            head = text[: error.position]
            return Place(self.file, before + head.count("\n") + 1, len(head) - head.rfind("\n"), path)
        return Place(self.file, before + 1, 1, path)


def _pieces(text: str) -> Iterator[tuple[int, str, str]]:
    """Cut a block into its entries: (lines before it, key, text), by the indent of the first key."""
    lines = text.split("\n")
    indent: int | None = None
    begun: tuple[int, str] | None = None
    for number, line in enumerate(lines):
        found = _KEY_LINE.match(line)
        if found is None or (indent is not None and len(found["indent"]) > indent):
            continue
        indent = len(found["indent"]) if indent is None else indent
        if begun is not None:
            yield begun[0], begun[1], "\n".join(lines[begun[0] : number])
        begun = number, found["key"].strip()
    if begun is not None:
        yield begun[0], begun[1], "\n".join(lines[begun[0] :])


def _problem(error: Exception) -> str:
    if isinstance(error, ReaderError):
        return "含有不可见的控制字符，请删除"
    if isinstance(error, RecursionError) or "nested too deep" in str(error):
        return f"嵌套超过 {DEEPEST} 层"
    told = f"{getattr(error, 'context', '') or ''} {getattr(error, 'problem', '') or ''}"
    for mark, message in _PROBLEMS:
        if mark in told:
            return message
    return f"不是正确的 YAML 写法：{told.strip()}"
