"""The certificate for TLS, which is read again when it was renewed."""

import asyncio
import ssl
from pathlib import Path

import structlog

from intake.settings import Settings

LOOK_SECONDS = 60.0
"""How often to look whether the files are new."""

log = structlog.get_logger("smtp")


class Certificate:
    """A context for TLS with a certificate and its key. `key` may be in the certificate's file."""

    def __init__(self, certificate: Path, key: Path) -> None:
        """Raises OSError if they can't be read, or are no such files."""
        self._files = (certificate, key)
        self._seen = self._written()
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(certificate, key)

    @classmethod
    def of(cls, own: Settings) -> "Certificate | None":
        """The service's, if it has one."""
        if own.smtp_tls_certificate is None:
            return None
        return cls(own.smtp_tls_certificate, own.smtp_tls_key or own.smtp_tls_certificate)

    async def follow(self) -> None:
        """Read the files again whenever they were written, until cancelled. Sessions go on as they began."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self.renew()

    def renew(self) -> None:
        """Read the files again if they were written since. What can't be read leaves the old ones in use."""
        try:
            written = self._written()
            if written == self._seen:
                return
            self.context.load_cert_chain(*self._files)
            self._seen = written
        except OSError as error:
            log.error("the certificate could not be read again: the old one stays in use", error=repr(error))
        else:
            log.info("the certificate was read again")

    def _written(self) -> tuple[tuple[int, int], ...]:
        """When each file was written, in nanoseconds, and its size in bytes."""
        return tuple((state.st_mtime_ns, state.st_size) for state in (file.stat() for file in self._files))
