"""One-time passwords, and the rules a chosen password must meet."""

from __future__ import annotations

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from luoshi.core.errors import Invalid
from luoshi.kernel.access.models import Account

# Without signs that are mistaken for one another when read out or copied from paper.
_LOWER = "abcdefghijkmnpqrstuvwxyz"
_UPPER = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_DIGITS = "23456789"
_GROUPS, _GROUP_LENGTH = 4, 4
# Hashing a longer text would cost the server more than the sender.
LONGEST_PASSWORD = 128


def one_time_password() -> str:
    """Return a random password to be shown once: four groups, about 90 bits, as ``k7Rm-2wXp-Ht9c-Q4vd``."""
    while True:
        signs = [secrets.choice(_LOWER + _UPPER + _DIGITS) for _ in range(_GROUPS * _GROUP_LENGTH)]
        classes = (_LOWER, _UPPER, _DIGITS)
        if all(any(sign in allowed for sign in signs) for allowed in classes):
            groups = zip(*[iter(signs)] * _GROUP_LENGTH, strict=True)
            return "-".join("".join(group) for group in groups)


def require_good_password(new: str, *, account: Account) -> None:
    """Refuse a new password that breaks a rule: length, classes, known ones, the user name, or the old one.

    Source of the rules: GB/T 22239-2019 8.1.4.1 a; settings ``AUTH_PASSWORD_VALIDATORS``.
    Raises: Invalid with every broken rule beside the field ``new``.
    """
    faults: list[str] = []
    if len(new) > LONGEST_PASSWORD:
        faults.append(f"密码不得超过{LONGEST_PASSWORD}个字符。")
    if account.username.casefold() in new.casefold():
        faults.append("密码不得包含账号。")
    try:
        validate_password(new, user=account)
    except ValidationError as error:
        faults += error.messages
    if not faults and account.check_password(new):
        faults.append("新密码不得与原密码相同。")
    if faults:
        message = "".join(faults)
        raise Invalid(message, fields={"new": message})


def shorter(password: str) -> str:
    """Return what is hashed of a typed password: an over-long one is nobody's password, and costs no more."""
    return password if len(password) <= LONGEST_PASSWORD else ""
