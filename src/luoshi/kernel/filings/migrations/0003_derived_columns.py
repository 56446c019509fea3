"""Fill the columns that follow from others in rows that were there before."""

from itertools import islice

from django.db import migrations
from django.db.models import F

BATCH = 500


def fill(apps, schema_editor):
    facts = apps.get_model("filings", "FilingFact")
    facts.objects.filter(submitted_ms__gt=F("due_ms")).update(timing="late")
    obligations = apps.get_model("filings", "Obligation")
    waiting = obligations.objects.order_by("id").only("id", "parents").iterator(chunk_size=BATCH)
    while rows := list(islice(waiting, BATCH)):
        for row in rows:
            row.unit_branch = row.parents[1][0] if len(row.parents) > 1 else ""
            row.unit_parent = row.parents[-1][0] if row.parents else ""
        obligations.objects.bulk_update(rows, ["unit_branch", "unit_parent"])


class Migration(migrations.Migration):
    dependencies = [("filings", "0002_filing_loop")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
