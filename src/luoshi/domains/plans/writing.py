"""Writing nodes of a locked plan; the actions that call it record one event with every row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from luoshi.core.actor import Actor
from luoshi.core.beijing import local_day
from luoshi.core.deadlines import Deadline
from luoshi.core.errors import Frozen
from luoshi.domains.plans.checking import Read, sort_of
from luoshi.domains.plans.matching import Matching, heads_changed
from luoshi.domains.plans.models import Level, NodeCo, Plan, PlanNode
from luoshi.domains.plans.tasks import task_changed, task_ended
from luoshi.kernel.items.schema import ENDED, Stage
from luoshi.kernel.ledger.rows import Ledgered

COLUMNS = ("title", "lead_id", "due_on", "lasting", "leader", "sources", "weight")


class Writing:
    """One change of a plan: nodes put and ended, tasks carried along. Nodes are read once."""

    def __init__(self, actor: Actor, plan: Plan, now: datetime, reason: str) -> None:
        self.actor, self.plan, self.now, self.reason = actor, plan, now, reason
        rows = PlanNode.objects.filter(plan=plan).select_related("item", "plan").order_by("sort")
        self.nodes = {node.code: node for node in rows}
        self.written: dict[str, PlanNode] = {}
        self.removed: list[tuple[str, int]] = []
        self._cos: list[NodeCo] = []

    @property
    def rows(self) -> list[Ledgered]:
        """Return every row that was written, nodes in their order first."""
        return [*self.written.values(), *self._cos]

    def put_heads(self, matching: Matching) -> None:
        """Write the aspects and requirements that are new or worded anew."""
        for code in heads_changed(matching):
            node = self.nodes[code]
            node.title = matching.heads.titles[code]
            node.save(update_fields=["title"])
            self.written[code] = node
        for code in sorted(set(matching.heads.titles) - set(self.nodes), key=sort_of):
            level = Level.REQUIREMENT if "." in code else Level.ASPECT
            self._make(code, level, title=matching.heads.titles[code])

    def put(self, code: str, read: Read, changed: set[str]) -> PlanNode:
        """Write one measure; what is in hand already is carried along by its task."""
        node = self.nodes.get(code)
        if node is None:
            node = self._make(code, Level.MEASURE, **read.columns)
        else:
            self._refuse_ended(node, changed)
            for name, value in read.columns.items():
                setattr(node, name, value)
            node.save(update_fields=[*COLUMNS])
            self.written[code] = node
        co = self._co_set(node, read)
        if node.item_id is not None and changed:
            task_changed(self.actor, node, read, changed, co, self.reason, self.now)
        return node

    def end(self, node: PlanNode) -> None:
        """End a node for good; its task is cancelled unless it is done or serves another measure."""
        node = self.nodes[node.code]
        node.ended_on, node.end_reason = local_day(self.now), self.reason
        node.save(update_fields=["ended_on", "end_reason"])
        self.written[node.code] = node
        if node.item_id is not None:
            task_ended(self.actor, node, self.reason, self.now)

    def _make(self, code: str, level: Level, **columns: object) -> PlanNode:
        parent = self.nodes.get(code.rpartition(".")[0])
        node = PlanNode(plan=self.plan, parent=parent, level=level, code=code, sort=sort_of(code), **columns)
        node.save(force_insert=True)
        self.nodes[code] = self.written[code] = node
        return node

    def _co_set(self, node: PlanNode, read: Read) -> list[str]:
        """Make the units of ``read`` those that help; return their codes."""
        wanted = {unit.pk: unit for unit in read.co}
        have = {row.unit_id: row for row in NodeCo.objects.filter(node=node).order_by("id")}
        gone = [row for unit_id, row in have.items() if unit_id not in wanted]
        self.removed += [(row.ledger_type, row.pk) for row in gone]
        if gone:
            NodeCo.objects.filter(pk__in=[row.pk for row in gone]).delete()
        new = [NodeCo(node=node, unit=unit) for unit_id, unit in wanted.items() if unit_id not in have]
        if new or gone:
            self.written[node.code] = node
        self._cos += NodeCo.objects.bulk_create(new)
        return [unit.code for unit in wanted.values()]

    def _refuse_ended(self, node: PlanNode, changed: set[str]) -> None:
        item = node.item
        if item is not None and Stage(item.stage) in ENDED and changed & {"lead", "due"}:
            raise Frozen(
                f"举措 {node.code} 已{'销号' if item.stage == Stage.DONE else '终止'}，"
                "牵头单位和时限不能再改。如有反弹，请由核查单位重启。"
            )


def words_of(node: PlanNode) -> dict[str, str]:
    """Return a measure as its sheet shows it, but for the units that help."""
    return {
        "title": node.title,
        "lead": node.lead.title if node.lead else "",
        "due": Deadline(node.due_on, node.lasting).words,
        "leader": node.leader,
        "sources": "；".join(node.sources),
        "weight": str(node.weight),
    }


def co_words(node_ids: Iterable[int]) -> Mapping[int, str]:
    """Return node id → names of the units that help. One query."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = NodeCo.objects.filter(node_id__in=list(node_ids)).order_by("id")
    for node_id, title in rows.values_list("node_id", "unit__title"):
        found[node_id].append(title)
    return {node_id: "、".join(titles) for node_id, titles in found.items()}
