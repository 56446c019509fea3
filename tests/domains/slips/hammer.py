"""Many at once issue and withdraw slips, in a process and a database of its own. Prints JSON.

Started by ``test_numbering`` with DATABASE_URL naming an empty database and ROUNDS.
"""

from __future__ import annotations

import json
import os

THREADS = 6
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    from luoshi.domains.slips.actions import slip_cancel
    from luoshi.domains.slips.models import Slip, SlipLine
    from luoshi.kernel.ledger.verify import verify_ledger
    from tests.domains.slips.world import TIP, issued, slip_world
    from tests.harness.threads import together

    rounds = int(os.environ["ROUNDS"])
    world = slip_world()
    codes = ("S1", "S2", "S3")
    won = refused = 0
    for _ in range(rounds):
        answers = together(lambda number: issued(world, codes[number % 3])[0].pk, THREADS)
        made = [answer for answer in answers if isinstance(answer, int)]
        won += len(made)
        refused += sum(answer == "WrongState" for answer in answers)
        together(
            lambda number, made=made: (
                slip_cancel(actor=world.office, slip_id=made[number], reason="误发", now=TIP).pk
            ),
            len(made),
        )
    numbers = list(Slip.objects.order_by("number").values_list("number", flat=True))
    found = {
        "issued": won,
        "refused": refused,
        "numbers": numbers == list(range(1, len(numbers) + 1)),
        "slips": len(numbers),
        "standing": SlipLine.objects.filter(standing=True).count(),
        "ledger": [fault.message for fault in verify_ledger().faults],
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
