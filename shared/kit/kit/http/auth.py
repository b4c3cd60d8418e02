"""Authentication: bearer tokens (JWT), from a local issuer for now. The cores decide what a role may do."""

import math
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2b
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from contracts.roles import CUSTOMERS, ROLES, Role
from kit.clock import Clock

MAX_CACHED_TOKENS = 4096
"""Tokens that are cached, so that their signature is not checked again."""
ISSUER = "punctual-local"
"""The local issuer, for laptops and tests: anyone who knows the secret can make a token for anybody."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The sender of a request, and the role. For a customer's people `account` is set, and perhaps `email`.

    `actor` is how the log names the sender: staff by name, customers by a pseudonym, since the log is kept for ever.
    """

    subject: str
    role: Role
    account: UUID | None = None
    email: str | None = None
    actor: str = ""

    @property
    def is_customer(self) -> bool:
        """Whether the caller belongs to an account, and sees nothing of others."""
        return self.role in CUSTOMERS


class NotAuthenticated(Exception):
    """The request carries no token that is valid now."""


def issue(secret: str, caller: Caller, *, now: float, seconds: int = 8 * 3600) -> str:
    """A token of the local issuer. `now`: real seconds since 1970."""
    claims = {"iss": ISSUER, "sub": caller.subject, "role": caller.role, "iat": int(now), "exp": int(now) + seconds}
    if caller.account:
        claims["account"] = str(caller.account)
    if caller.email:
        claims["email"] = caller.email
    return jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, OctKey.import_key(secret))


def subject_of(secret: str, address: str) -> str:
    """The subject for the token of a mail address: always the same for an address, which it doesn't reveal."""
    return "person-" + _hashed(secret.encode(), "address", address.strip().lower())


def _hashed(secret: bytes, *parts: str) -> str:
    return blake2b("\n".join(parts).encode(errors="replace"), key=secret[:64], digest_size=8).hexdigest()


class Verifier:
    """Checks tokens."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._key = OctKey.import_key(secret)
        self._secret = secret.encode()
        self._clock = clock
        self._checked: OrderedDict[str, tuple[Caller, float]] = OrderedDict()

    def _pseudonym(self, account: UUID | None, subject: str) -> str:
        """A customer's pseudonym. The same subject in another account gets another one."""
        return "customer-" + _hashed(self._secret, "actor", str(account), subject)

    def caller(self, authorization: str | None) -> Caller:
        """The caller that an Authorization header names. Raises NotAuthenticated."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotAuthenticated(
                "Send the header: Authorization: Bearer <token>. `punctual token --role …` makes one."
            )
        if (known := self._checked.get(token)) and known[1] > self._clock.wall():
            return known[0]
        caller, expires = self._read(token)
        self._checked[token] = caller, expires
        if len(self._checked) > MAX_CACHED_TOKENS:
            self._checked.popitem(last=False)
        return caller

    def _read(self, token: str) -> tuple[Caller, float]:
        try:
            claims = jwt.decode(token.strip(), self._key, algorithms=["HS256"]).claims
            expires = float(claims["exp"])
            # Written so that NaN fails, too.
            if claims["iss"] != ISSUER or not self._clock.wall() < expires < math.inf:
                raise NotAuthenticated("The token has expired or is not from our issuer; get a new one.")
            role, account = claims["role"], claims.get("account")
            if role not in ROLES or (role in CUSTOMERS and not account):
                raise NotAuthenticated("The token names no role that we know, or a customer's role without an account.")
            subject = str(claims["sub"])
            email = claims.get("email")
            if not isinstance(email, str | None):
                raise NotAuthenticated("The token's email is no text; get a new one.")
            of = UUID(str(account)) if account else None
            actor = self._pseudonym(of, subject) if role in CUSTOMERS else subject
            caller = Caller(subject, role, of, email, actor)
            return caller, expires
        except (JoseError, KeyError, ValueError, TypeError) as error:
            raise NotAuthenticated("The token can't be read or its signature is wrong; get a new one.") from error
