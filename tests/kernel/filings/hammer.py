"""Many threads at once on filings, in a process and a database of its own. Prints what was found as JSON.

Started by ``test_concurrency`` with DATABASE_URL naming an empty database.
"""

from __future__ import annotations

import json
import os

THREADS = 12
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    from luoshi.core.periods import parse_period
    from luoshi.kernel.filings import actions
    from luoshi.kernel.filings.facts import facts_check
    from luoshi.kernel.filings.models import Filing, Obligation
    from luoshi.kernel.ledger.verify import verify_ledger
    from tests.harness.threads import together
    from tests.harness.times import NOW
    from tests.kernel.filings import helpers

    helpers.world()
    helpers.opened()
    november = parse_period("2020-11")
    opened = together(lambda number: helpers.opened(november), THREADS)
    obligations = Obligation.objects.filter(period_code=november.code).count()
    drafts = [
        actions.draft_keep(
            actor=helpers.DESK,
            form_ref=helpers.FORM,
            import_ref=helpers.TEMPLATE,
            period=helpers.DECEMBER,
            name="表.csv",
            content=helpers.csv(helpers.CLEAN),
            now=NOW,
        ).token
        for _ in range(2)
    ]
    taken = together(
        lambda number: (
            actions.filings_take(
                actor=helpers.DESK, draft_token=drafts[number % 2], only_clean=False, now=NOW
            ).pk
        ),
        THREADS,
    )
    filings = Filing.objects.count()
    owed = helpers.filed("S1").pk
    corrected = together(
        lambda number: (
            actions.filing_correct(
                actor=helpers.DESK,
                obligation_id=owed,
                values={"cases": str(100 + number)},
                reason="核对",
                now=NOW,
            ).version
        ),
        THREADS,
    )
    found = {
        "opened": opened,
        "obligations": obligations,
        "taken": taken,
        "filings": filings,
        "corrected": corrected,
        "ledger": [fault.message for fault in verify_ledger().faults],
        "facts": [str(fault) for fault in facts_check().faults],
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
