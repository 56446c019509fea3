#!/usr/bin/env python3
# 落实 · 证明包核验程序。只用 Python 3.8 及以上的标准库，不联网，不需要安装落实。
# 用法：python luoshi_verify.py 证明包.zip [通报.docx]
"""Check a proof bundle: every figure is computed anew from the rows and compared with the document.

This file imports nothing of Luoshi and nothing imports it: what it says must not rest on the code it checks.
It therefore writes down once more, in its own words, canonical JSON, the expressions of definitions, the
folding of rows, the printing of figures and the calculators of scores. The two are compared by tests.
Exit code: 0 consistent, 1 not consistent, 2 not readable.
"""

import ast
import hashlib
import io
import json
import os
import re
import sys
import zipfile
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from fractions import Fraction
from xml.etree import ElementTree

FORMAT, VERSION = "luoshi-proof", 1
LARGEST_FILE, MOST_FILES = 300 * 1024 * 1024, 5000
SHOWN_FAULTS = 20
LEFT_BEHIND = (".DS_Store", "Thumbs.db", "desktop.ini")
TAG_PRIME = 2**31 - 1
DASH, FULL = "—", Decimal(100)
EXACT, QUOTIENT = Context(prec=120), Context(prec=28, rounding=ROUND_HALF_EVEN)
ARITHMETIC = Context(prec=34, rounding=ROUND_HALF_EVEN)
NUMERIC = ("int", "decimal", "percent", "money")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
FIGURES = "{urn:luoshi:figures}"


class Unreadable(Exception):
    """The bundle cannot be read at all; the text says why."""


class Verdicts:
    """What was looked at and what was found, in the order of the checks."""

    def __init__(self):
        self.sections = []

    def section(self, title):
        self.sections.append([title, "", []])

    def say(self, text):
        self.sections[-1][1] = text

    def fault(self, text):
        self.sections[-1][2].append(text)

    @property
    def faults(self):
        return [(title, fault) for title, _, faults in self.sections for fault in faults]


# --- canonical JSON ---


def canonical(value):
    """Return the one spelling of a value that is hashed."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def parse(data, name):
    """Read canonical JSON. Raises: Unreadable for anything that is not spelled canonically."""

    def once(pairs):
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("duplicate key")
        return found

    def refuse(text):
        raise ValueError(text)

    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=once, parse_float=refuse, parse_constant=refuse
        )
        if canonical(value) == data:
            return value
    except (ValueError, RecursionError):
        pass
    raise Unreadable(f"{name} 不是规范写法的 JSON，可能被编辑器改动过。")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def merkle_root(hashes):
    """Return the RFC 6962 root (hex) over leaf data given as bytes."""

    def root(items):
        if not items:
            return hashlib.sha256(b"").digest()
        if len(items) == 1:
            return hashlib.sha256(b"\x00" + items[0]).digest()
        half = 1
        while half * 2 < len(items):
            half *= 2
        return hashlib.sha256(b"\x01" + root(items[:half]) + root(items[half:])).digest()

    return root(list(hashes)).hex()


# --- numbers ---


def decimal_text(value):
    """Return a decimal without exponent, trailing zeros and negative zero."""
    if value == 0:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def number(text):
    return None if text is None else Decimal(text)


def plain(value):
    short = value.normalize(EXACT)
    return short.quantize(Decimal(1), context=EXACT) if int(short.as_tuple().exponent) > 0 else short


def rounded(value, digits, half_up=True):
    """Return a number with exactly ``digits`` decimals, half up away from zero, or cut off."""
    scaled = abs(Fraction(value)) * 10**digits
    whole = int(scaled + Fraction(1, 2)) if half_up else int(scaled)
    sign = 1 if value < 0 and whole else 0
    return Decimal((sign, tuple(map(int, str(whole))), -digits))


def printed(value, num, den, digits, unit):
    """Print a figure; 100 % only when numerator equals denominator, a dash when there is nothing to state."""
    if value is None:
        return DASH
    result = rounded(value, digits)
    if unit == "%" and result == FULL and num != den:
        result = rounded(value, digits, False)
    return f"{result:f}" + ("%" if unit == "%" else "")


# --- expressions: the closed subset, checked node by node; nothing is ever executed ---

BINARY = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide"}
COMPARE = {
    ast.Eq: lambda a, b: a == b, ast.NotEq: lambda a, b: a != b, ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b, ast.Gt: lambda a, b: a > b, ast.GtE: lambda a, b: a >= b,
}  # fmt: skip
WORDS = {"true": True, "false": False, "none": None}
CALLS = ("min", "max", "abs", "round", "coalesce")


class Expression:
    """One expression of a definition. Raises: Unreadable for what the language does not have."""

    def __init__(self, text):
        self.text = text.strip()
        if len(text) > 500 or "\\" in text or "\n" in text:
            raise Unreadable(f"算式“{text[:40]}”不合语法。")
        try:
            self.tree = ast.parse(self.text, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise Unreadable(f"算式“{self.text}”不合语法。") from None
        self.names = set()
        self.check(self.tree)

    def check(self, node):
        """Let through only what is listed, and note the names."""
        if isinstance(node, (ast.Name, ast.Attribute)):
            name = self.dotted(node)
            if name not in WORDS:
                self.names.add(name)
            return
        if isinstance(node, ast.Constant):
            good = node.value is None or isinstance(node.value, (bool, int, float, str))
        elif isinstance(node, ast.BinOp):
            good = type(node.op) in BINARY
        elif isinstance(node, ast.UnaryOp):
            good = isinstance(node.op, (ast.USub, ast.Not))
        elif isinstance(node, ast.Compare):
            inside = isinstance(node.ops[0], (ast.In, ast.NotIn))
            good = (
                len(node.ops) == 1 and isinstance(node.comparators[0], (ast.Tuple, ast.List))
                if inside
                else all(type(op) in COMPARE for op in node.ops)
            )
        elif isinstance(node, ast.Call):
            good = isinstance(node.func, ast.Name) and node.func.id in CALLS and not node.keywords
        else:
            good = isinstance(node, (ast.BoolOp, ast.IfExp, ast.Tuple, ast.List))
        if not good:
            raise Unreadable(f"算式“{self.text}”用了不允许的写法。")
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr) and not (isinstance(node, ast.Call) and part is node.func):
                self.check(part)

    def dotted(self, node):
        parts = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            raise Unreadable(f"算式“{self.text}”用了不允许的写法。")
        return ".".join(reversed(parts + [node.id]))

    def value(self, row):
        return self._value(self.tree, row)

    def is_boolean(self, node=None):
        """Say whether it is true or false, so that rows are counted, and not a number."""
        node = self.tree if node is None else node
        if isinstance(node, (ast.Compare, ast.BoolOp)):
            return True
        if isinstance(node, ast.UnaryOp):
            return isinstance(node.op, ast.Not)
        if isinstance(node, ast.Name):
            return node.id in ("true", "false")
        if isinstance(node, ast.Constant):
            return isinstance(node.value, bool)
        if isinstance(node, ast.IfExp):
            return self.is_boolean(node.body) or self.is_boolean(node.orelse)
        if isinstance(node, ast.Call) and node.func.id == "coalesce":
            return any(self.is_boolean(part) for part in node.args)
        return False

    def _value(self, node, row):
        if isinstance(node, ast.Constant):
            if isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
                return Decimal(ast.get_source_segment(self.text, node))
            return node.value
        if isinstance(node, (ast.Name, ast.Attribute)):
            name = self.dotted(node)
            if name in WORDS:
                return WORDS[name]
            if name not in row:
                raise Unreadable(f"算式“{self.text}”用到的 {name} 不在数据行中。")
            return row[name]
        if isinstance(node, ast.BinOp):
            left, right = self._value(node.left, row), self._value(node.right, row)
            if left is None or right is None or (isinstance(node.op, ast.Div) and right == 0):
                return None
            return getattr(ARITHMETIC, BINARY[type(node.op)])(left, right)
        if isinstance(node, ast.UnaryOp):
            inner = self._value(node.operand, row)
            if isinstance(node.op, ast.Not):
                return not inner
            return None if inner is None else ARITHMETIC.minus(inner)
        if isinstance(node, ast.BoolOp):
            parts = (bool(self._value(part, row)) for part in node.values)
            return all(parts) if isinstance(node.op, ast.And) else any(parts)
        if isinstance(node, ast.IfExp):
            return self._value(node.body if self._value(node.test, row) else node.orelse, row)
        if isinstance(node, ast.Compare):
            return self._compare(node, row)
        return self._call(node.func.id, [self._value(part, row) for part in node.args])

    def _compare(self, node, row):
        left = self._value(node.left, row)
        if isinstance(node.ops[0], (ast.In, ast.NotIn)):
            listed = [self._value(part, row) for part in node.comparators[0].elts]
            return left is not None and (left in listed) == isinstance(node.ops[0], ast.In)
        for op, operand in zip(node.ops, node.comparators):
            right = self._value(operand, row)
            if left is None or right is None or not COMPARE[type(op)](left, right):
                return False
            left = right
        return True

    @staticmethod
    def _call(name, values):
        if name == "coalesce":
            return next((value for value in values if value is not None), None)
        if any(value is None for value in values):
            return None
        if name == "round":
            return rounded(values[0], int(values[1]) if len(values) > 1 else 0)
        return {"min": min, "max": max}[name](values) if name != "abs" else abs(values[0])


# --- indicators ---


class Indicator:
    """The meaning of one definition: which rows count and what they add."""

    def __init__(self, body):
        way = next((way for way in ("count", "sum", "mean", "num") if body.get(way) is not None), None)
        if way is None:
            raise Unreadable("指标定义没有写明怎样计算。")
        self.how = "ratio" if way == "num" else way
        self.where, self.num, self.den = (
            None if text in (None, "all") else Expression(str(text))
            for text in (body.get("where"), body[way], body.get("den"))
        )
        self.empty = body.get("empty") or "refuse"
        self.unit, self.digits = str(body.get("unit") or ""), int(body.get("digits") or 0)
        self.divided = self.how in ("mean", "ratio")

    def figure(self, rows):
        """Return num, den, value, text, base and fingerprint over rows, as a stored figure spells them."""
        num = den = Decimal(0)
        base = empties = tags = squares = 0
        with localcontext(EXACT):
            for row in rows:
                names = row["names"]
                if self.where is not None and self.where.value(names) is not True:
                    continue
                if any(self._empty(each, names) for each in (self.num, self.den) if each is not None):
                    empties += 1
                    if self.empty == "skip":
                        continue
                base += 1
                tags += row["tag"]
                squares += row["tag"] * row["tag"] % TAG_PRIME
                num += self._amount(self.num, names)
                den += self._amount(self.den, names)
            num, den = plain(num), plain(den) if self.divided else None
        if empties and self.empty == "refuse":
            raise Unreadable(f"定义要求逐行有值，包内有 {empties} 行空缺。")
        value = self._quotient(num, den, base)
        return {
            "num": decimal_text(num),
            "den": None if den is None else decimal_text(den),
            "value": None if value is None else decimal_text(value),
            "text": printed(value, num, den, self.digits, self.unit),
            "base": base,
            "fingerprint": f"{base:x}-{tags:x}-{squares:x}",
        }

    def _quotient(self, num, den, base):
        if self.how == "count":
            return num
        if self.how == "sum":
            return num if base else None
        if not den:
            return None
        times = FULL if self.how == "ratio" and self.unit == "%" else Decimal(1)
        return plain(QUOTIENT.divide(QUOTIENT.multiply(num, times), den))

    @staticmethod
    def _empty(expression, names):
        if expression.is_boolean():
            return any(names.get(name) is None for name in expression.names)
        return expression.value(names) is None

    @staticmethod
    def _amount(expression, names):
        found = True if expression is None else expression.value(names)
        return found if isinstance(found, Decimal) else Decimal(found is True)


def period_span(code):
    """Return (kind, first month, last month) of a period code, months as year × 12 + month."""
    months = r"(\d{4})-(\d{2})"
    for kind, pattern in (
        ("month", months), ("range", months + r"\.\." + months), ("quarter", r"(\d{4})-Q([1-4])"),
        ("half", r"(\d{4})-H([12])"), ("year", r"(\d{4})"), ("node", r"(\d{4})-N\d{1,2}"),
    ):  # fmt: skip
        found = re.fullmatch(pattern, code)
        if found:
            parts = [int(part) for part in found.groups()]
            january = parts[0] * 12
            if kind == "range":
                return kind, january + parts[1], parts[2] * 12 + parts[3]
            size = {"month": 1, "quarter": 3, "half": 6}.get(kind, 12)
            first = january + 1 + size * ((parts[1] if len(parts) > 1 else 1) - 1)
            return kind, first, first + size - 1
    raise Unreadable(f"不认识期间“{code}”。")


def within(row_code, code):
    """Say whether rows of one period count in another."""
    row, asked = period_span(row_code), period_span(code)
    if asked[0] == "node" or row[0] == "node":
        return row_code == code
    return asked[1] <= row[1] and row[2] <= asked[2]


# --- scores ---


def points_of(name, params, value, peers):
    """Return the points of one criterion; None for a calculator that this program does not know."""
    zero = Decimal(0)
    if name == "value":
        return value if params.get("weight", 1) == 1 else params["weight"] * value
    if name == "per_point":
        if value >= params["threshold"]:
            return params["weight"]
        return max(params["floor"], params["weight"] - params["slope"] * (params["threshold"] - value))
    if name == "deduct_per" and not params.get("event"):
        off = params["amount"] * value
        off = off if params.get("cap") is None else min(off, params["cap"])
        points = params.get("base", zero) - off
        return points if params.get("floor") is None else max(points, params["floor"])
    if name == "add_per" and not params.get("event"):
        return min(params["amount"] * value, params["cap"])
    if name == "share_of_best":
        return params["points"] * value / max(peers)
    if name == "linear_to_target":
        points = params["points"] * (value - params["low"]) / (params["target"] - params["low"])
        return min(max(points, zero), params.get("cap", params["points"]))
    if name == "tier" and not params.get("flag"):
        up = params.get("better", "up") == "up"
        for limit, points in sorted(params["bands"], reverse=up):
            if value >= limit if up else value <= limit:
                return points
        return params["otherwise"]
    return None


def read_params(given):
    """Read calculator parameters: numbers are kept as text in a definition."""
    if isinstance(given, dict):
        return {key: read_params(part) for key, part in given.items()}
    if isinstance(given, list):
        return [read_params(part) for part in given]
    if isinstance(given, str) and not re.fullmatch(r"-?\d+(\.\d+)?", given):
        return given
    return given if given is None or isinstance(given, bool) else Decimal(given)


def total_of(scheme, lines, neutral):
    """Return the total of a sheet; None when it has none. ``lines``: (criterion, points or None)."""
    spec = read_params(scheme["combine"])
    zero, weighted = Decimal(0), spec["how"] == "weighted"
    if all(points is None for _, points in lines):
        return None
    start, added, every, present = spec.get("start") or zero, zero, zero, zero
    for criterion, points in lines:
        weight = None if criterion.get("weight") is None else Decimal(criterion["weight"])
        every += weight or zero
        if points is None:
            if spec["missing"] == "neutral_mean":
                points = neutral[criterion["key"]]
            elif spec["missing"] == "full":
                points = Decimal(criterion["full"]) if criterion.get("full") is not None else weight
            else:
                continue
        else:
            present += weight or zero
        added += points * weight if weighted else points
    lacking = any(points is None for _, points in lines)
    if lacking and spec["missing"] == "exclude_and_reweight":
        added = added * every / present
    total = start + added
    if spec.get("floor") is not None:
        total = max(total, spec["floor"])
    if spec.get("cap") is not None:
        total = min(total, spec["cap"])
    return rounded(total, int(spec["digits"]), spec["rounding"] == "half_up")


def ranks_of(scheme, sheets):
    """Return sheet id → rank within one group. ``sheets``: (id, total, points by criterion key)."""
    spec = scheme["rank"]
    if spec == "none":
        return {}
    sign = 1 if spec["better"] == "up" else -1
    by = spec.get("by") or () if spec["tie"] == "break" else ()
    strengths = [
        ((sign * total,) + tuple(points.get(key) or Decimal(0) for key in by), ident)
        for ident, total, points in sheets
        if total is not None
    ]
    places, last, place = {}, None, 0
    for count, (strength, ident) in enumerate(sorted(strengths, key=lambda pair: pair[0], reverse=True), 1):
        if strength != last:
            place, last = place + 1 if spec["tie"] == "dense" else count, strength
        places[ident] = place
    return places


# --- the bundle ---


class Bundle:
    """The files of a bundle, read with care and taken apart."""

    def __init__(self, path, apart=None):
        self.files = read_files(path, apart)
        self.head = parse(self.file("bundle.json"), "bundle.json")
        if not isinstance(self.head, dict) or self.head.get("format") != FORMAT:
            raise Unreadable("这不是落实的证明包。")
        if self.head.get("v") != VERSION:
            raise Unreadable(
                f"证明包是第 {self.head.get('v')} 版，本程序只认第 {VERSION} 版，请用包内所附程序。"
            )
        self.units = {int(key): unit for key, unit in parse(self.file("units.json"), "units.json").items()}
        self.manifests = parse(self.file("manifests.json"), "manifests.json")
        self.rounds = parse(self.file("rounds.json"), "rounds.json")
        self.row_lines = self.lines("rows.jsonl")
        self.rows = [parse(line, "rows.jsonl") for line in self.row_lines]
        self.records = {}
        for line in self.lines("records.jsonl"):
            record = parse(line, "records.jsonl")
            self.records[tuple(record["row"])] = record["body"]
        self.events = [parse(line, "events.jsonl") for line in self.lines("events.jsonl")]
        self.issue_id = self.head["report"]["issue"]
        if ("issue", self.issue_id) not in self.records:
            raise Unreadable("证明包里没有定稿通报的记录。")
        self.issue = self.records["issue", self.issue_id]
        self.document = parse(self.issue["document"].encode("utf-8"), "定稿正文")
        self.bounds = parse(self.issue["bounds"].encode("utf-8"), "数字对应")
        self.definitions = {
            name[len("definitions/") : -len(".json")]: parse(data, name)
            for name, data in self.files.items()
            if name.startswith("definitions/")
        }

    def file(self, name):
        if name not in self.files:
            raise Unreadable(f"证明包里缺少 {name}。")
        return self.files[name]

    def lines(self, name):
        return [line for line in self.file(name).split(b"\n") if line]

    def definition(self, kind, ref, version):
        return self.definitions.get(f"{kind}/{ref}@{version}")

    def of_type(self, row_type):
        return {ident: body for (kind, ident), body in self.records.items() if kind == row_type}

    def unit_title(self, unit_id):
        return "全部单位" if unit_id is None else self.units.get(unit_id, {}).get("title", f"单位 {unit_id}")


def read_files(path, apart=None):
    """Return name → bytes of a zip or a folder. Raises: Unreadable.

    In a folder, the document to be checked (``apart``) and what desktops leave behind are no part of it.
    """
    if os.path.isdir(path):
        found = {}
        for folder, _, names in os.walk(path):
            for name in names:
                whole = os.path.join(folder, name)
                if name in LEFT_BEHIND or (
                    apart is not None and os.path.realpath(whole) == os.path.realpath(apart)
                ):
                    continue
                with open(whole, "rb") as file:
                    found[os.path.relpath(whole, path).replace(os.sep, "/")] = file.read(LARGEST_FILE)
        return found
    try:
        with open(path, "rb") as file:
            return unzipped(file.read(LARGEST_FILE))
    except OSError as error:
        raise Unreadable(f"打不开 {path}：{error.strerror}。") from None


def unzipped(data):
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            if len(infos) > MOST_FILES or sum(info.file_size for info in infos) > LARGEST_FILE:
                raise Unreadable("压缩包过大，不予打开。")
            if len({info.filename for info in infos}) != len(infos):
                raise Unreadable("压缩包里有重名文件，不予打开。")
            return {info.filename: archive.read(info) for info in infos if not info.is_dir()}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError):
        raise Unreadable("不是完好的压缩包，可能下载不全或被改动。") from None


def xml_of(data, name):
    """Parse XML that declares nothing: no document type, no entities."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable(f"{name} 不是 UTF-8。") from None
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
        raise Unreadable(f"{name} 含有实体声明，不予打开。")
    try:
        return ElementTree.fromstring(text.encode("utf-8"))
    except ElementTree.ParseError:
        raise Unreadable(f"{name} 不是完好的 XML。") from None


# --- checks ---


def check_files(bundle, verdicts):
    verdicts.section("文件清单")
    listed = bundle.head["files"]
    for name in sorted(set(listed) | (set(bundle.files) - {"bundle.json"})):
        if name not in bundle.files:
            verdicts.fault(f"缺少文件 {name}")
        elif name not in listed:
            verdicts.fault(f"多出文件 {name}，清单里没有")
        elif sha256(bundle.files[name]) != listed[name]:
            verdicts.fault(f"文件 {name} 与清单的摘要不符，内容被改动")
    verdicts.say(f"{len(listed)} 个文件与清单的摘要相符")


def check_records(bundle, verdicts):
    """Every record hashes to what its newest event names; the issue hashes to its check code."""
    verdicts.section("定稿记录与留痕")
    named, seen = {}, set()
    for event in bundle.events:
        try:
            body = parse(event["body"].encode("utf-8"), f"留痕第 {event['position']} 条")
        except Unreadable as error:
            verdicts.fault(str(error))
            continue
        event["parsed"] = body
        frozen = body["t"] == "report.frozen" and body["obj"] == ["issue", bundle.issue_id]
        if frozen and event["position"] < bundle.issue["position"]:
            verdicts.fault(f"定稿的留痕序号 {event['position']} 早于取数位置 {bundle.issue['position']}")
        if event["position"] in seen:
            verdicts.fault(f"留痕序号 {event['position']} 出现两次")
        seen.add(event["position"])
        for row_type, ident, digest in body["after"]:
            if event["position"] >= named.get((row_type, ident), (-1, None))[0]:
                named[row_type, ident] = event["position"], digest
    for (row_type, ident), body in sorted(bundle.records.items()):
        title = record_title(bundle, row_type, body)
        if (row_type, ident) not in named:
            verdicts.fault(f"{title}没有留痕为证")
        elif named[row_type, ident][1] != sha256(canonical(body)):
            verdicts.fault(f"{title}与留痕第 {named[row_type, ident][0]} 条所记摘要不符，记录被改动")
    for (row_type, ident), (_, digest) in sorted(named.items()):
        if row_type in OWNED and digest is not None and (row_type, ident) not in bundle.records:
            verdicts.fault(f"留痕所记的{TYPES[row_type]} {ident} 不在包内，记录被删去")
    code = sha256(f"{bundle.issue['document']}\n{bundle.issue['bounds']}".encode())
    if code != bundle.issue["document_hash"]:
        verdicts.fault("定稿正文与校验码不符，正文被改动")
    report = bundle.head["report"]
    for key in ("title", "number", "position", "document_hash"):
        if report[key] != bundle.issue[key]:
            verdicts.fault(f"bundle.json 的 {key} 与定稿记录不符")
    verdicts.say(f"{len(bundle.records)} 条定稿记录与 {len(bundle.events)} 条留痕原文所记摘要相符")


# What belongs to the report and its rounds wholly, so that a bundle without one of them lacks something.
OWNED = ("figure", "sheet", "line", "round", "issue")
TYPES = {
    "figure": "数字", "sheet": "得分单", "line": "得分项", "round": "考核轮次", "issue": "定稿通报",
    "definition": "定义",
}  # fmt: skip


def record_title(bundle, row_type, body):
    if row_type == "figure":
        return figure_title(bundle, body)
    if row_type == "definition":
        return f"定义 {body['kind']} {body['key']}"
    if row_type == "sheet":
        return f"{bundle.unit_title(body['unit_id'])}的得分单"
    if row_type == "line":
        sheet = bundle.records.get(("sheet", body["sheet_id"]), {})
        return f"{bundle.unit_title(sheet.get('unit_id'))}的得分项“{body['title']}”"
    return TYPES.get(row_type, row_type)


def figure_title(bundle, figure):
    found = bundle.definition("indicator", figure["indicator_ref"], figure["pack_version"])
    title = found.get("title", figure["key"]) if isinstance(found, dict) else figure["key"]
    return f"数字“{title}”（{bundle.unit_title(figure['unit_id'])}，{figure['period_code']}）"


def check_definitions(bundle, verdicts):
    """Each definition is the row that its pack was installed with, and the one the figures name."""
    verdicts.section("定义")
    index = bundle.head["definitions"]
    for name in sorted(set(index) | set(bundle.definitions)):
        record = bundle.records.get(("definition", index.get(name)))
        data = bundle.files.get(f"definitions/{name}.json", b"")
        if record is None or not data:
            verdicts.fault(f"定义 {name} 缺少正文或定稿记录")
        elif sha256(data) != record["body_hash"] or record["body"].encode("utf-8") != data:
            verdicts.fault(f"定义 {name} 与安装时的摘要不符，定义被改动")
        elif not re.fullmatch(f"{record['kind']}/[a-z0-9_]+[.]{re.escape(record['key'])}@[0-9]+", name):
            verdicts.fault(f"定义 {name} 的名称与定稿记录不符")
    for figure in bundle.of_type("figure").values():
        found = bundle.definition("indicator", figure["indicator_ref"], figure["pack_version"])
        if found is None or sha256(canonical(found)) != figure["formula_hash"]:
            verdicts.fault(f"{figure_title(bundle, figure)}的指标定义与计算时的摘要不符，定义被改动")
    for each in bundle.rounds:
        body = bundle.records.get(("round", each["id"]), {})
        if index.get(f"scheme/{each['scheme']}@{each['version']}") != body.get("definition_id"):
            verdicts.fault(f"{each['period']} 的考核方案不是轮次所用的那一版")
        if (each["scheme"], each["period"]) != (body.get("scheme_ref"), body.get("period_code")):
            verdicts.fault(f"{each['period']} 的轮次与定稿记录不符")
    verdicts.say(f"{len(index)} 条定义与安装时、计算时的摘要相符")


def check_rows(bundle, verdicts):
    """Rows are all there, each once, each with the event that filed it; whole ones match their tag."""
    verdicts.section("数据行")
    bodies = {event["position"]: event.get("parsed") for event in bundle.events}
    groups, whole, seen = {}, 0, set()
    for line, row in zip(bundle.row_lines, bundle.rows):
        groups.setdefault((row["form"], row["period"]), []).append(line)
        title = f"{bundle.unit_title(row['unit_id'])} {row['period']} 的填报（编号 {row['filing']}）"
        if row["filing"] in seen:
            verdicts.fault(f"{title}出现两次")
        seen.add(row["filing"])
        if row["whole"]:
            whole += 1
            tagged = hashlib.sha256(canonical([row["filing"], row["values"]])).digest()[:4]
            if int.from_bytes(tagged, "big") >> 1 != row["tag"]:
                verdicts.fault(f"{title}的数值与行标记不符，数值被改动")
        body = bodies.get(row["from"])
        if body is None or ["filing", row["filing"], row["digest"]] not in body["after"]:
            verdicts.fault(f"{title}没有留痕为证")
    listed = {(each["form"], each["period"]): each for each in bundle.manifests}
    for key in sorted(set(groups) | set(listed)):
        lines, manifest = groups.get(key, []), listed.get(key)
        title = f"表单 {key[0]} {key[1]} 的数据行"
        if manifest is None:
            verdicts.fault(f"{title}不在清单中")
        elif manifest["rows"] != len(lines):
            verdicts.fault(f"{title}清单为 {manifest['rows']} 行，包内为 {len(lines)} 行")
        elif manifest["root"] != merkle_root(lines):
            verdicts.fault(f"{title}与清单的根摘要不符，行被改动、替换或调换")
    verdicts.say(
        f"{len(bundle.rows)} 行与分期清单相符；其中 {whole} 行列出全部填报值，逐行复算了行标记，"
        f"其余 {len(bundle.rows) - whole} 行另有不公开的文字，只比对摘要"
    )


def names_of(bundle, row, version):
    """Return what a definition may read of a row: common names, and fields as numbers or texts."""
    form = bundle.definition("form", row["form"], version)
    if form is None:
        raise Unreadable(f"缺少表单 {row['form']} 第 {version} 版的定义。")
    names = {
        "unit.code": row["unit"], "unit.kind": row["kind"], "unit.branch": row["branch"],
        "unit.parent": row["parent"], "period": row["period"], "answer": row["answer"],
        "timing": row["timing"],
    }  # fmt: skip
    for field in form["fields"]:
        value = row["values"].get(field["key"])
        numeric = str(field["type"]).partition(":")[0] in NUMERIC
        names[field["key"]] = Decimal(value) if numeric and value is not None else value
    return names


def check_figures(bundle, verdicts):
    """Compute every figure anew. Returns figure id → what it came out as."""
    verdicts.section("指标数字")
    named, done = {}, 0
    for _, figure in sorted(bundle.of_type("figure").items()):
        ref, version = figure["indicator_ref"], figure["pack_version"]
        title = figure_title(bundle, figure)
        try:
            definition = bundle.definition("indicator", ref, version)
            if definition is None:
                raise Unreadable("缺少定义。")
            indicator, form = Indicator(definition), f"{ref.partition('.')[0]}.{definition['form']}"
            rows = []
            for index, row in enumerate(bundle.rows):
                if row["form"] != form or not within(row["period"], figure["period_code"]):
                    continue
                if figure["unit_id"] not in (None, row["unit_id"]) or row["from"] >= figure["position"]:
                    continue
                if row["to"] is not None and row["to"] < figure["position"]:
                    continue
                if (index, version) not in named:
                    named[index, version] = names_of(bundle, row, version)
                rows.append({"names": named[index, version], "tag": row["tag"]})
            found = indicator.figure(rows)
        except (Unreadable, ArithmeticError, TypeError, ValueError, KeyError) as error:
            verdicts.fault(f"{title}无法重算：{error}")
            continue
        done += 1
        for key, word in FIGURE_PARTS:
            if found[key] != figure[key]:
                verdicts.fault(f"{title}按包内数据行重算的{word}为 {found[key]}，定稿为 {figure[key]}")
                break
    verdicts.say(f"{done} 个数字逐个按定义由数据行重算，分子、分母、结果、行指纹都与定稿相同")


FIGURE_PARTS = (
    ("text", "结果"), ("num", "分子"), ("den", "分母"), ("value", "数值"), ("base", "计入行数"),
    ("fingerprint", "行指纹"),
)  # fmt: skip


def check_scores(bundle, verdicts):
    """Inputs come from figures, points from calculators, totals and ranks from points."""
    verdicts.section("考核得分")
    if not bundle.rounds:
        verdicts.say("本通报不引用考核得分")
        return
    computed = compared = totals = 0
    unknown = set()
    for each in bundle.rounds:
        scheme = bundle.definition("scheme", each["scheme"], each["version"])
        round_body = bundle.records.get(("round", each["id"]))
        if scheme is None or round_body is None:
            verdicts.fault(f"考核轮次 {each['id']} 的方案或记录不在包内")
            continue
        sheets = sorted(
            (body["seq"], ident, body)
            for ident, body in bundle.of_type("sheet").items()
            if body["round_id"] == each["id"]
        )
        lines = {ident: [] for _, ident, _ in sheets}
        for _, body in sorted(bundle.of_type("line").items()):
            if body["sheet_id"] in lines:
                lines[body["sheet_id"]].append(body)
        for owned in lines.values():
            owned.sort(key=lambda body: body["seq"])
        if sheets_hash(bundle, sheets, lines) != round_body["sheets_hash"]:
            verdicts.fault(f"{each['period']} 的得分单与轮次的校验值不符，得分单被改动")
        criteria = {criterion["key"]: criterion for criterion in scheme["criteria"]}
        for group in sorted({body["group"] for _, _, body in sheets}):
            members = [(ident, body) for _, ident, body in sheets if body["group"] == group]
            for ident, body in members:
                for line in lines[ident]:
                    known = check_line(bundle, verdicts, each, line, body, members, criteria)
                    computed, compared = computed + (known is True), compared + (known is False)
                    if known is False:
                        unknown.add(next(iter(criteria[line["key"]]["calc"])))
            totals += check_totals(bundle, verdicts, scheme, members, lines, criteria)
    told = (
        f"，{compared} 项所用计分方法（{'、'.join(sorted(unknown))}）本程序不重算，只比对" if compared else ""
    )
    verdicts.say(f"{computed} 项得分由取值重算{told}；{totals} 张得分单的总分和名次重算")


def sheets_hash(bundle, sheets, lines):
    joined = b""
    for _, ident, body in sheets:
        told = {
            "unit": bundle.units.get(body["unit_id"], {}).get("code"),
            "lines": [
                {k: line[k] for k in ("key", "input", "points", "weight", "steps")} for line in lines[ident]
            ],
        }
        told.update({k: body[k] for k in ("group", "total", "rank", "status", "reason", "steps")})
        joined += canonical(told) + b"\n"
    return sha256(joined)


def check_line(bundle, verdicts, each, line, sheet, members, criteria):
    """Check one line; True: points computed, False: calculator not known, None: nothing to compute."""
    title = f"{bundle.unit_title(sheet['unit_id'])}的得分项“{line['title']}”"
    criterion = criteria.get(line["key"])
    if criterion is None:
        verdicts.fault(f"{title}不在考核方案中")
        return None
    figure = bundle.records.get(("figure", line["figure_id"])) if line["figure_id"] else None
    wanted = None if figure is None or not figure["base"] else figure["value"]
    if line["input"] != wanted:
        verdicts.fault(f"{title}的取值为 {line['input']}，指标数字为 {wanted}")
        return None
    if figure is not None and figure["unit_id"] != sheet["unit_id"]:
        verdicts.fault(f"{title}的取值来自别的单位")
    if wanted is None:
        return None
    ((name, params),) = criterion["calc"].items()
    units = {body["unit_id"] for _, body in members}
    peers = [
        Decimal(other["value"])
        for other in bundle.of_type("figure").values()
        if (other["owner_type"], other["owner_id"]) == ("round", each["id"])
        and other["key"] == criterion["input"]
        and other["unit_id"] in units
        and other["value"] is not None
    ]
    points = points_of(name, read_params(params), Decimal(wanted), peers)
    if points is None:
        return False
    if decimal_text(points) != line["points"]:
        verdicts.fault(f"{title}重算为 {decimal_text(points)} 分，定稿为 {line['points']} 分")
    if line["input_text"] != figure["text"]:
        verdicts.fault(f"{title}印出的取值为 {line['input_text']}，指标数字为 {figure['text']}")
    return True


def check_totals(bundle, verdicts, scheme, members, lines, criteria):
    """Check totals and ranks of one group from the points of its lines; return how many sheets."""
    pools = {}
    for ident, _ in members:
        for line in lines[ident]:
            if line["points"] is not None:
                pools.setdefault(line["key"], []).append(Decimal(line["points"]))
    neutral = {key: sum(pool, Decimal(0)) / len(pool) for key, pool in pools.items()}
    strengths, done = [], 0
    for ident, body in members:
        pairs = [
            (criteria[line["key"]], number(line["points"]))
            for line in lines[ident]
            if line["key"] in criteria
        ]
        total = None
        if scheme["combine"] != "none" and body["status"] != "apart":
            total = total_of(scheme, pairs, neutral)
            done += 1
        if (None if total is None else decimal_text(total)) != body["total"]:
            verdicts.fault(
                f"{bundle.unit_title(body['unit_id'])}的总分重算为 {total}，定稿为 {body['total']}"
            )
        strengths.append((ident, total, {criterion["key"]: points for criterion, points in pairs}))
    places = ranks_of(scheme, strengths)
    for ident, body in members:
        if places.get(ident) != body["rank"]:
            verdicts.fault(
                f"{bundle.unit_title(body['unit_id'])}的名次重算为 {places.get(ident)}，定稿为 {body['rank']}"
            )
    return done


def check_bounds(bundle, verdicts):
    """Every printed figure of the document says what the record it is bound to says."""
    verdicts.section("正文数字")
    owned = {}
    for figure in bundle.of_type("figure").values():
        if (figure["owner_type"], figure["owner_id"]) == ("issue", bundle.issue_id):
            owned[figure["indicator_ref"], figure["unit_id"]] = figure
    bound = {each["key"]: each for each in bundle.bounds}
    for each in bundle.bounds:
        try:
            texts = bound_texts(bundle, each, owned)
        except KeyError:
            verdicts.fault(f"正文数字 {each['key']}（{each['text']}）所依据的记录不在包内")
            continue
        if each["text"] not in texts:
            verdicts.fault(
                f"正文数字 {each['key']} 印作 {each['text']}，所依据的记录是 {'或'.join(sorted(texts))}"
            )
    shown = set()
    for key, text in document_figures(bundle.document):
        shown.add(key)
        if key not in bound:
            verdicts.fault(f"正文数字 {key}（{text}）没有写明依据")
        elif bound[key]["text"] != text:
            verdicts.fault(f"正文数字 {key} 印作 {text}，依据为 {bound[key]['text']}")
    for key in sorted(set(bound) - shown):
        verdicts.fault(f"数字 {key} 有依据而正文没有印出")
    verdicts.say(f"正文和表格的 {len(bound)} 个数字与所依据的指标数字、得分一致")


def bound_texts(bundle, bound, owned):
    """Return what a bound figure may print. Points are printed with as many decimals as their column has."""
    kind, part = bound["kind"], bound["part"]
    if kind == "indicator":
        figure = owned[bound["ref"], bound["unit_id"]]
        if part == "value":
            return {figure["text"]}
        found = figure[part]
        return {DASH if found is None else str(found)}
    if kind == "line":
        line = bundle.records["line", bound["row_id"]]
        if part == "input":
            return {line["input_text"]}
        points = Decimal(line["points"]) * (1 if part == "points" else -1)
        return {f"{rounded(points, digits):f}" for digits in points_digits(bundle, line["key"])}
    each = next(
        found
        for found in bundle.rounds
        if found["scheme"] == bound["ref"] and found["period"] == bound["period"]
    )
    combine = bundle.definition("scheme", each["scheme"], each["version"])["combine"]
    digits = 0 if combine == "none" else int(combine["digits"])
    if kind == "sheet":
        sheet = bundle.records["sheet", bound["row_id"]]
        if sheet["unit_id"] != bound["unit_id"]:
            return {"另一单位的得分单"}
        if part == "rank":
            return {str(sheet["rank"])}
        return {f"{rounded(Decimal(sheet['total']), digits):f}"}
    sheets = [body for body in bundle.of_type("sheet").values() if body["round_id"] == each["id"]]
    ranked = [Decimal(body["total"]) for body in sheets if body["rank"] is not None]
    if part == "count":
        return {str(len(ranked))}
    return {f"{rounded(sum(ranked, Decimal(0)) / len(ranked), digits):f}"}


def points_digits(bundle, key):
    """Return how many decimals a column of points may have: those of one criterion, or of all."""
    most = {key: 0, "": 0}
    for line in bundle.of_type("line").values():
        points = Decimal(0) if line["points"] is None else rounded(Decimal(line["points"]), 2).normalize()
        used = max(-int(points.as_tuple().exponent), 0)
        most[""] = max(most[""], used)
        if line["key"] == key:
            most[key] = max(most[key], used)
    return set(most.values())


# --- the document ---


def document_figures(document):
    """Yield (key, text) of every figure of a document tree in reading order."""
    for block in document["of_blocks"]:
        if block["kind"] == "Paragraph":
            for run in block["of_runs"]:
                if run["kind"] == "FigureRun":
                    yield run["of_key"], run["of_text"]
        elif block["kind"] == "Table":
            for row in block["of_rows"]:
                for cell in row:
                    if cell["of_figure_key"] is not None:
                        yield cell["of_figure_key"], cell["of_text"]


def document_lines(document):
    """Yield every line of a document tree between head and signature, in reading order."""
    yield "".join(document["of_title_lines"])
    if document["of_addressee"]:
        yield document["of_addressee"].rstrip(":：") + "："
    for block in document["of_blocks"]:
        kind = block["kind"]
        if kind in ("Heading", "Caption"):
            yield block["of_text"]
        elif kind == "Paragraph":
            yield "".join(run["of_text"] for run in block["of_runs"])
        elif kind == "Quote":
            yield f"{block['of_text']}（来源：{block['of_source']}）"
        elif kind == "Chart":
            yield (
                f"{block['of_title']}（单位：{block['of_unit']}）" if block["of_unit"] else block["of_title"]
            )
        elif kind == "Table":
            yield block["of_caption"] or ""
            for column in block["of_columns"]:
                yield column["of_title"]
            for row in block["of_rows"]:
                for cell in row:
                    yield cell["of_text"]
    for note in document["of_notes"]:
        bare = note.strip()
        yield bare if bare.startswith("（") and bare.endswith("）") else f"（{bare}）"


def mark_names(keys):
    """Yield the bookmark names of figure keys met in this order."""
    taken = set()
    for key in keys:
        stem = f"ind_{key}"
        if len(stem) > 35:
            stem = f"{stem[:26]}_{hashlib.sha256(key.encode('ascii')).hexdigest()[:8]}"
        name, count = stem, 1
        while name.lower() in taken:
            count += 1
            name = f"{stem}_{count}"
        taken.add(name.lower())
        yield name


def tight(text):
    """Return a text without any white space, as lines are compared: line breaks are layout."""
    return re.sub(r"\s", "", text)


def own_text(paragraph):
    """Return the text of a paragraph without that of paragraphs inside it (drawings)."""
    parts, waiting = [], list(reversed(list(paragraph)))
    while waiting:
        node = waiting.pop()
        if node.tag == W + "p":
            continue
        if node.tag in (W + "t", W + "delText"):
            parts.append(node.text or "")
        waiting.extend(reversed(list(node)))
    return "".join(parts)


def bookmarks_of(body):
    """Return bookmark name → text between its ends, for those of figures."""
    found, open_marks = {}, {}
    for node in body.iter():
        if node.tag == W + "bookmarkStart":
            name = node.get(W + "name") or ""
            if name.startswith("ind_"):
                open_marks[node.get(W + "id")] = name
                found[name] = ""
        elif node.tag == W + "bookmarkEnd":
            open_marks.pop(node.get(W + "id"), None)
        elif node.tag == W + "t":
            for name in open_marks.values():
                found[name] += node.text or ""
    return found


def check_docx(bundle, verdicts, data, label):
    verdicts.section(f"公文（{label}）")
    try:
        parts = unzipped(data)
        if "word/document.xml" not in parts or "customXml/item1.xml" not in parts:
            raise Unreadable("不是由落实输出的公文，缺少正文或数字清单。")
        body = xml_of(parts["word/document.xml"], "word/document.xml")
        listed = xml_of(parts["customXml/item1.xml"], "customXml/item1.xml")
        check_marks(bundle, verdicts, body, listed)
        check_words(bundle, verdicts, body)
        charts = check_charts(bundle, verdicts, parts)
    except Unreadable as error:
        verdicts.fault(str(error))
        return
    count = sum(1 for _ in document_figures(bundle.document))
    told = f"，{charts} 幅图的数据与定稿相同" if charts else ""
    verdicts.say(f"{count} 处数字的书签、数字清单和正文逐字与定稿相同{told}")


def check_marks(bundle, verdicts, body, listed):
    figures = list(document_figures(bundle.document))
    bound = {each["key"]: each for each in bundle.bounds}
    wanted = dict(zip(mark_names(key for key, _ in figures), figures))
    marks = bookmarks_of(body)
    rows = {}
    for node in listed.iter(FIGURES + "figure"):
        if node.get("mark") in rows:
            verdicts.fault(f"公文的数字清单里 {node.get('mark')} 出现两次")
        rows[node.get("mark")] = node
    for mark, (key, text) in wanted.items():
        if mark not in marks:
            verdicts.fault(f"公文里数字 {key}（{text}）的书签不见了")
        elif marks[mark] != text:
            verdicts.fault(f"公文里数字 {key} 为 {marks[mark]}，定稿为 {text}，数字被改动")
        row = rows.get(mark)
        if row is None:
            verdicts.fault(f"公文的数字清单缺少 {key}")
            continue
        if (row.get("key"), row.get("text")) != (key, text):
            verdicts.fault(f"公文的数字清单把 {key} 记作 {row.get('key')} {row.get('text')}，定稿为 {text}")
        source = bound.get(key, {})
        unit = bundle.units.get(source.get("unit_id"), {}).get("code")
        named = tuple(source.get(name) for name in ("kind", "part", "ref", "period")) + (unit,)
        if tuple(row.get(name) for name in ("kind", "part", "ref", "period", "unit")) != named:
            verdicts.fault(f"公文的数字清单里 {key} 的依据与定稿不同")
    for mark in sorted(set(marks) - set(wanted)):
        verdicts.fault(f"公文多出数字书签 {mark}")
    for mark in sorted(set(rows) - set(wanted)):
        verdicts.fault(f"公文的数字清单多出 {mark}")


def check_words(bundle, verdicts, body):
    """The lines of the frozen document stand in the file in the same order; nothing with digits is added."""
    found = [tight(own_text(node)) for node in body.iter(W + "p")]
    found = [text for text in found if text]
    wanted = [text for text in map(tight, document_lines(bundle.document)) if text]
    place, extra = 0, []
    for text in wanted:
        at = next((index for index in range(place, len(found)) if found[index] == text), None)
        if at is None:
            shown = text if len(text) <= 40 else text[:40] + "…"
            verdicts.fault(f"公文里找不到定稿的这一段文字，已被改动：“{shown}”")
            continue
        extra += found[place:at]
        place = at + 1
    extra += found[place:]
    allowed = frame_words(bundle.document)
    for text in extra:
        rest = text
        for word in allowed:
            rest = rest.replace(word, "")
        if rest:
            shown = text if len(text) <= 40 else text[:40] + "…"
            verdicts.fault(f"公文多出定稿没有的文字：“{shown}”")


def frame_words(document):
    """Return what head, signature and imprint may say, longest first."""
    words, head, sign, imprint = ["印发"], document["of_head"], document["of_sign"], document["of_imprint"]
    if head:
        words += [head["of_number"] or "", head["of_org"]]
        words += ["签发人：", head["of_signer"]] if head["of_signer"] else []
    days = [sign["of_date"]["text"]] if sign else []
    words += [sign["of_org"]] if sign else []
    if imprint:
        days.append(imprint["of_printed_on"]["text"])
        words.append(imprint["of_printer"])
        words += [f"抄送：{imprint['of_cc']}。"] if imprint["of_cc"] else []
    for day in days:
        year, month, date = day.split("-")
        words.append(f"{int(year)}年{int(month)}月{int(date)}日")
    return sorted({tight(word) for word in words if word}, key=len, reverse=True)


def check_charts(bundle, verdicts, parts):
    """The numbers cached in each chart are those of the frozen document; return how many charts."""
    charts = [block for block in bundle.document["of_blocks"] if block["kind"] == "Chart"]
    for index, block in enumerate(charts, 1):
        name = f"word/charts/chart{index}.xml"
        if name not in parts:
            verdicts.fault(f"公文缺少图“{block['of_title']}”")
            continue
        drawn = []
        for series in xml_of(parts[name], name).iter(C + "ser"):
            values = series.find(C + "val")
            points = {} if values is None else {
                int(point.get("idx")): point.findtext(C + "v") for point in values.iter(C + "pt")
            }  # fmt: skip
            drawn.append(points)
        for number_, (title, values) in enumerate(block["of_series"]):
            given = {i: value["text"] for i, value in enumerate(values) if value is not None}
            points = drawn[number_] if number_ < len(drawn) else {}
            same = set(points) == set(given) and all(Decimal(points[i]) == Decimal(given[i]) for i in given)
            if not same:
                verdicts.fault(f"图“{block['of_title']}”的“{title}”与定稿不同，图的数据被改动")
    return len(charts)


# --- the verdict ---


def verify(path, docx_path=None):
    """Return (bundle, verdicts). Raises: Unreadable."""
    bundle, verdicts = Bundle(path, docx_path), Verdicts()
    check_files(bundle, verdicts)
    check_records(bundle, verdicts)
    check_definitions(bundle, verdicts)
    check_rows(bundle, verdicts)
    check_figures(bundle, verdicts)
    check_scores(bundle, verdicts)
    check_bounds(bundle, verdicts)
    check_docx(bundle, verdicts, bundle.file("report.docx"), "包内")
    if docx_path is not None:
        try:
            with open(docx_path, "rb") as file:
                data = file.read(LARGEST_FILE)
        except OSError as error:
            raise Unreadable(f"打不开 {docx_path}：{error.strerror}。") from None
        check_docx(bundle, verdicts, data, os.path.basename(docx_path))
    return bundle, verdicts


def tell(bundle, verdicts, out):
    report = bundle.head["report"]
    out(f"落实证明包核验：{report['title']} {report['period']} {report['number']}".rstrip())
    out(f"取数截至留痕 {report['position']} 条；证明包摘要 {sha256(bundle.file('bundle.json'))}")
    for title, said, faults in verdicts.sections:
        out(f"[{'不符' if faults else '一致'}] {title}" + ("" if faults else f"：{said}"))
        for fault in faults[:SHOWN_FAULTS]:
            out(f"    · {fault}")
        if len(faults) > SHOWN_FAULTS:
            out(f"    · 另有 {len(faults) - SHOWN_FAULTS} 处")
    if verdicts.faults:
        out(f"结论：不一致，共 {len(verdicts.faults)} 处。请不要采用这份公文的数字，并向印发单位核实。")
        return
    out("结论：一致。")
    if bundle.head.get("signature") is None:
        out(
            "未签名，仅证明自洽：公文、数字、定义、数据行和留痕原文互相对得上；"
            "不能证明整个证明包不是事后一并编造的。请向印发单位核对上面的证明包摘要。"
        )
    else:
        out("证明包带有签名，本程序尚不能核验签名，只证明自洽。")


def main(arguments):
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    if not 1 <= len(arguments) <= 2 or arguments[0] in ("-h", "--help"):
        print("用法：python luoshi_verify.py 证明包.zip [通报.docx]")
        return 2
    try:
        bundle, verdicts = verify(*arguments)
    except Unreadable as error:
        print(f"无法核验：{error}")
        return 2
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        IndexError,
        ArithmeticError,
        RecursionError,
    ) as error:
        print(f"无法核验：证明包的结构不对，内容缺失或被改动（{type(error).__name__}：{error}）。")
        return 2
    tell(bundle, verdicts, print)
    return 1 if verdicts.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
