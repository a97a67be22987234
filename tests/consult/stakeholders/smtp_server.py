"""A mail server that speaks SMTP (RFC 5321) on a port of its own, and says what a test wants it to say."""

from __future__ import annotations

import email
import email.policy
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass
class MailServer:
    """What it got, and how it behaves: `answers` are replies to RCPT by address, used up one after the other; with
    `most` it says farewell after so many letters of a connection; with `hangs_up` it goes away in the middle of one."""

    port: int = 0
    letters: list[tuple[str, str, EmailMessage]] = field(default_factory=list)
    connections: int = 0
    answers: dict[str, list[str]] = field(default_factory=dict)
    most: int = 1_000
    hangs_up: bool = False


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        house: MailServer = self.server.house  # type: ignore[attr-defined]
        house.connections += 1
        taken, sender, to = 0, "", ""
        self.say("220 mail.example.org")
        while line := self.rfile.readline().decode().strip():
            verb = line.upper()
            if verb.startswith("MAIL FROM:"):
                if taken == house.most:
                    self.say("421 enough for this time")
                    return
                sender = _address(line)
                self.say("250 ok")
            elif verb.startswith("RCPT TO:"):
                to = _address(line)
                waiting = house.answers.get(to)
                self.say(waiting.pop(0) if waiting else "250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                text = self.read_text()
                if house.hangs_up:
                    house.hangs_up = False
                    return
                house.letters.append(
                    (sender, to, email.message_from_bytes(text, policy=email.policy.default))
                )
                taken += 1
                self.say("250 taken")
            elif verb == "QUIT":
                self.say("221 farewell")
                return
            else:  # EHLO, RSET, NOOP
                self.say("250 ok")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def read_text(self) -> bytes:
        lines = iter(self.rfile.readline, b".\r\n")
        return b"".join(line[1:] if line.startswith(b"..") else line for line in lines)


def _address(line: str) -> str:
    return line[line.index("<") + 1 : line.index(">")]


def self_signed(folder: Path) -> Path:
    """A key and a certificate for 127.0.0.1 that nobody vouches for, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example.org")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(
            name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1)
        )
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "mail.pem"
    plain = serialization.NoEncryption()
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file


@contextmanager
def mail_server(certificate: Path | None = None) -> Iterator[MailServer]:
    """One that listens until the block ends, with a certificate by TLS from the start."""
    house = MailServer()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk) as server:
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            server.handle_error = lambda *_: None  # type: ignore[method-assign]
        server.daemon_threads = True
        server.house = house  # type: ignore[attr-defined]
        house.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield house
        server.shutdown()
