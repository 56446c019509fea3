"""Many threads at once on the ledger, in a process and a database of its own. Prints what was found as JSON.

Started by ``test_concurrency`` with DATABASE_URL naming an empty database.
"""

from __future__ import annotations

import json
import os
import threading
from typing import Any

THREADS = 20
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.kernel.ledger.alone"


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    call_command("migrate", run_syncdb=True, verbosity=0)
    from luoshi.kernel.ledger import verify
    from luoshi.kernel.ledger.actions import once, sequence
    from luoshi.kernel.ledger.queries import pending_count, position
    from tests.harness.threads import together
    from tests.harness.times import NOW
    from tests.kernel.ledger.makers import CLERK, folder_changed, folder_opened
    from tests.kernel.ledger.sample.models import Folder

    def same_request(number: int) -> dict[str, Any]:
        return once(by=CLERK, key="k1", now=NOW, make=lambda: {"id": folder_opened(sheets=0)[0].pk})

    def same_root(number: int) -> str:
        with transaction.atomic():
            folder_changed(Folder.objects.get(), str(number))
        return "changed"

    def writer_or_sequencer(number: int) -> str:
        for _ in range(5):
            if number % 2:
                folder_opened()
            else:
                sequence(limit=3)
        return "done"

    def verified_while_written() -> list[str]:
        """Verify slowly and let another thread write as soon as the events are being read."""
        verify.CHUNK = 1
        writers: list[threading.Thread] = []

        def write() -> None:
            folder_changed(Folder.objects.order_by("pk")[0], "乙")
            connection.close()

        def progress(stage: str, done: int) -> None:
            if not writers:
                writers.append(threading.Thread(target=write))
                writers[0].start()
                writers[0].join()

        return [fault.message for fault in verify.verify_ledger(progress).faults]

    requests = together(same_request, THREADS)
    folders = Folder.objects.count()
    changes = together(same_root, THREADS)
    mixed = together(writer_or_sequencer, THREADS)
    while sequence():
        pass
    verdict = verify.verify_ledger()
    found = {
        "requests": requests,
        "folders": folders,
        "changes": sorted(changes),
        "ver": Folder.objects.order_by("pk")[0].ver,
        "mixed": sorted(set(mixed)),
        "position": position(),
        "pending": pending_count(),
        "events": verdict.events,
        "faults": [fault.message for fault in verdict.faults],
        "while_written": verified_while_written(),
        "written": position() + pending_count(),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
