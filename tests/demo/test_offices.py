"""The sample's requests, filed documents, handovers and meetings."""

from __future__ import annotations

from luoshi.demo.district.offices import DOCUMENTS, KINDS


def test_there_are_37_requests_and_reports_and_12_documents():
    assert len(KINDS) == 37 and len(set(DOCUMENTS)) == 12
