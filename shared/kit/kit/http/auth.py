"""Who is asking: bearer tokens (JWT), from a local issuer for now. Roles decide in the cores, not here."""

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
"""Tokens whose signature is not checked again."""
ISSUER = "punctual-local"
"""The local issuer: whoever knows the secret can be anybody. For laptops and tests; say so wherever it is used."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking, in which role; `account`, and perhaps `email`, are set for a customer's people.

    `actor` is what the log says of them: staff by name, customers by a pseudonym, since the log is for ever.
    """

    subject: str
    role: Role
    account: UUID | None = None
    email: str | None = None
    actor: str = ""

    @property
    def is_customer(self) -> bool:
        """Whether they belong to one account and see nothing of others."""
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
    """The subject of a token for whoever has that address: the same for the same address, which it doesn't tell."""
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
        """The same subject in another account is another person."""
        return "customer-" + _hashed(self._secret, "actor", str(account), subject)

    def caller(self, authorization: str | None) -> Caller:
        """Who sent this Authorization header. Raises NotAuthenticated."""
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
            # Not the other way round: no number is neither less nor more than now.
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
