"""Who acts: an account in one of its appointments. Plain values, made by ``kernel.access`` and passed in."""

from __future__ import annotations

from dataclasses import dataclass

from luoshi.core.errors import NotAllowed, Refusal


@dataclass(frozen=True, slots=True)
class By:
    """What the ledger keeps of an actor: an opaque account number and the codes of post and unit.

    >>> By(7, "desk", "u01").as_list()
    [7, 'desk', 'u01']
    >>> By(7, "desk", "u01", acting=True).as_list()
    [7, 'desk', 'u01', 'acting']
    """

    account: int
    post: str
    unit: str
    acting: bool = False

    def as_list(self) -> list[int | str]:
        """Return the form of the event body: account, post, unit and, for an acting holder, ``"acting"``."""
        body: list[int | str] = [self.account, self.post, self.unit]
        return [*body, "acting"] if self.acting else body


SYSTEM = By(0, "system", "")


@dataclass(frozen=True, slots=True)
class Grant:
    """One role held; ``scope_unit_id`` is the unit whose subtree it covers, None for everywhere."""

    role: str
    scope_unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """An account acting in one appointment; ids are None for an account without a post.

    >>> actor = Actor(account_id=7, post_code="desk", unit_code="u01", roles=frozenset({Grant("clerk", 3)}))
    >>> actor.has("clerk"), actor.has("head"), actor.scopes("clerk")
    (True, False, frozenset({3}))
    >>> actor.by
    By(account=7, post='desk', unit='u01', acting=False)
    """

    account_id: int
    person_id: int | None = None
    person_name: str = ""
    appointment_id: int | None = None
    post_id: int | None = None
    post_code: str = ""
    post_title: str = ""
    unit_id: int | None = None
    unit_code: str = ""
    unit_title: str = ""
    acting: bool = False
    roles: frozenset[Grant] = frozenset()

    def has(self, role: str) -> bool:
        """Say whether the actor holds ``role`` anywhere."""
        return any(grant.role == role for grant in self.roles)

    def scopes(self, role: str) -> frozenset[int | None]:
        """Return the unit ids over which ``role`` is held; None among them means everywhere."""
        return frozenset(grant.scope_unit_id for grant in self.roles if grant.role == role)

    @property
    def by(self) -> By:
        """Return what the ledger writes down of this actor."""
        return By(self.account_id, self.post_code, self.unit_code, self.acting)


SYSTEM_ACTOR = Actor(account_id=SYSTEM.account, post_code=SYSTEM.post, post_title="系统")


def require(condition: object, message: str, error: type[Refusal] = NotAllowed) -> None:
    """Refuse with ``error`` and the Chinese ``message`` unless ``condition`` is true.

    >>> require(1 < 2, "不会出现")
    >>> require(False, "只有本单位负责人可以签发。")
    Traceback (most recent call last):
    luoshi.core.errors.NotAllowed: 只有本单位负责人可以签发。
    """
    if not condition:
        raise error(message)
