"""The way to the mail server: flask-mailman's, with certificates checked and a connection that is looked at first."""

from __future__ import annotations

import contextlib
import smtplib
import ssl

from flask_mailman.backends.smtp import EmailBackend as _EmailBackend
from flask_mailman.utils import DNS_NAME


class EmailBackend(_EmailBackend):
    """Letters carry personal codes, so the server has to prove who it is, also after STARTTLS."""

    connection: smtplib.SMTP | None

    def open(self) -> bool:
        """Connect, unless the connection is there and still answers: servers close one that rests, or after some
        letters. Whether it is a new one. Raises OSError (smtplib's errors are such)."""
        if self.connection is not None:
            if _answers(self.connection):
                return False
            self.connection.close()
            self.connection = None
        fitting = {"local_hostname": DNS_NAME.get_fqdn(), "timeout": self.timeout}
        context = ssl.create_default_context()
        if self.use_ssl:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, context=context, **fitting)
        else:
            server = smtplib.SMTP(self.host, self.port, **fitting)
        try:
            if self.use_tls and not self.use_ssl:
                server.starttls(context=context)
            if self.username and self.password:
                server.login(self.username, self.password)
        except OSError:
            server.close()
            raise
        self.connection = server
        return True

    def close(self) -> None:
        """Take leave; a server that is gone already is no error."""
        with contextlib.suppress(OSError):
            super().close()


def _answers(server: smtplib.SMTP) -> bool:
    try:
        return server.noop()[0] == 250
    except OSError:
        return False
