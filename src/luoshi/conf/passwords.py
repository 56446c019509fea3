"""Rules for new passwords: at least ten characters of at least three classes (GB/T 22239-2019 8.1.4.1 a)."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import ValidationError

CLASSES: tuple[Callable[[str], bool], ...] = (
    str.islower,
    str.isupper,
    str.isdigit,
    lambda character: not character.isalnum(),
)


class ClassesValidator:
    """Refuses a password with characters of fewer than ``least`` classes: lower, upper, digit, other sign."""

    def __init__(self, least: int = 3) -> None:
        self.least = least

    def validate(self, password: str, user: object = None) -> None:
        """Raises: ValidationError."""
        present = sum(any(belongs(character) for character in password) for belongs in CLASSES)
        if present < self.least:
            raise ValidationError(self.get_help_text(), code="password_too_few_classes")

    def get_help_text(self) -> str:
        return f"密码须含小写字母、大写字母、数字、符号中的至少 {self.least} 类。"
