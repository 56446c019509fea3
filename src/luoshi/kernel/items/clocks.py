"""What a step means for clocks: the one place where moves and changes of stage are told."""

from __future__ import annotations

from dataclasses import dataclass

from luoshi.kernel.items.models import ItemMove


@dataclass(frozen=True, slots=True)
class Trigger:
    """Something a clock may start, stop or pause on, in the words of a pack: ``move.send.first``.

    ``name``: ``move.KEY.first``, ``move.KEY.last``, ``state.KEY``, ``stage.KEY``, ``reopened``. A move is
    both first and last when it is taken for the first time.
    """

    name: str


def triggers_of(step: ItemMove) -> list[Trigger]:
    """Return what a step triggers, in the order clocks must take it up: moves, then states, then stages."""
    if step.move.startswith("_"):
        return []
    found = [f"move.{step.move}.last"]
    if step.nth == 1:
        found.insert(0, f"move.{step.move}.first")
    if step.from_state != step.to_state:
        found.append(f"state.{step.to_state}")
    if step.from_stage != step.to_stage:
        found.append(f"stage.{step.to_stage}")
        if step.from_stage in ("done", "void"):
            found.append("reopened")
    return [Trigger(name) for name in found]
