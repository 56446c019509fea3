"""The Merkle tree hash of RFC 6962: one hash that stands for an ordered list of byte strings."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """Return the 32-byte root over ``leaves`` in their order; leaves and nodes are hashed apart.

    Source: RFC 6962, section 2.1; leaf prefix 0x00, node prefix 0x01, split at the largest power of two.

    >>> merkle_root([]).hex()[:8], merkle_root([b""]).hex()[:8]
    ('e3b0c442', '6e340b9c')
    >>> merkle_root([b"a", b"b"]) == merkle_root([b"b", b"a"])
    False
    """
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + merkle_root(leaves[:half]) + merkle_root(leaves[half:])).digest()
