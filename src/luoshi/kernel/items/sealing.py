"""Personal fields at rest: sealed with AES-256-GCM under the key of the installation, bound to their item."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from luoshi.core.errors import WrongState

NONCE = 12


def seal(item_id: int, values: Mapping[str, str | None]) -> str:
    """Return the sealed text of personal fields: key id, nonce and ciphertext."""
    nonce = secrets.token_bytes(NONCE)
    plain = json.dumps(dict(values), ensure_ascii=False, sort_keys=True).encode()
    key = _key()
    sealed = AESGCM(key).encrypt(nonce, plain, _bound(item_id))
    return f"{_key_id(key)}.{b64encode(nonce + sealed).decode()}"


def unseal(item_id: int, sealed: str) -> dict[str, str | None]:
    """Return the personal fields of an item. Raises: WrongState when the key is not the one they need."""
    named, _, text = sealed.partition(".")
    raw, key = b64decode(text), _key()
    try:
        plain = AESGCM(key).decrypt(raw[:NONCE], raw[NONCE:], _bound(item_id))
    except InvalidTag as error:
        raise WrongState(
            f"个人信息无法解密：所用密钥编号为 {named}，本机密钥编号为 {_key_id(key)}。"
            "请联系系统管理员核对密钥文件 personal.key。"
        ) from error
    found: dict[str, str | None] = json.loads(plain)
    return found


def _key() -> bytes:
    return hashlib.sha256(settings.LUOSHI_PERSONAL_KEY.encode()).digest()


def _key_id(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:8]


def _bound(item_id: int) -> bytes:
    return f"item_private:{item_id}".encode()
