"""Two people take the same item on at the same moment, round after round. Prints what was found as JSON.

Started by ``test_concurrency`` with DATABASE_URL naming an empty database.
"""

from __future__ import annotations

import json
import os

ROUNDS = int(os.environ.get("ROUNDS", "20"))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    from luoshi.kernel.items.actions import item_move
    from luoshi.kernel.items.facts import facts_check
    from luoshi.kernel.items.given import Given
    from luoshi.kernel.items.models import Item
    from luoshi.kernel.ledger.verify import verify_ledger
    from tests.harness.threads import at_once, together
    from tests.harness.times import NOW
    from tests.kernel.items import helpers

    helpers.world()
    made = together(lambda number: helpers.taken_in().seq, 12)
    won, told = [], []
    for _ in range(ROUNDS):
        item = helpers.doing()

        def move(key: str, account: int, values: dict, note: str, item=item):
            return item_move(
                actor=helpers.lead("P1", account),
                item_id=item.pk,
                move=key,
                given=Given(values=values, note=note),
                now=NOW,
                seen_step=item.steps,
            ).step.move

        answers = at_once(
            [
                lambda move=move: move("report", 11, {"result": helpers.RESULT}, ""),
                lambda move=move: move("ask", 12, {}, "请补充材料"),
            ]
        )
        won.append(sum(isinstance(answer, str) for answer in answers))
        told += [f"{type(each).__name__}: {each}" for each in answers if not isinstance(each, str)]
        assert Item.objects.get(pk=item.pk).steps == 4
    found = {
        "made": sorted(made),
        "won": won,
        "told": told,
        "ledger": [fault.message for fault in verify_ledger().faults],
        "facts": list(facts_check().faults),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
