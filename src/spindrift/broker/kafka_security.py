"""Who one is to Kafka, and how it is known that it is Kafka."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError

PASSWORD_VARIABLE: Final = "SPINDRIFT_KAFKA_PASSWORD"  # noqa: S105 - the name of the variable
KEY_PASSWORD_VARIABLE: Final = "SPINDRIFT_KAFKA_KEY_PASSWORD"  # noqa: S105 - likewise


@dataclass(frozen=True, slots=True)
class KafkaSecurity:
    """TLS, certificates on both sides, and user name and password (SASL). Passwords are in no message."""

    protocol: str = "PLAINTEXT"
    mechanism: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    cafile: str = ""
    certfile: str = ""
    keyfile: str = ""
    key_password: str = field(default="", repr=False)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Keys `broker.kafka.security.protocol`, `broker.kafka.sasl.*`, `broker.kafka.ssl.*`.

        Raises ConfigurationError for SASL without a user name or a password, a file that is not there, and a private
        key without its certificate.
        """
        protocol = settings.text("broker.kafka.security.protocol")
        username = settings.text("broker.kafka.sasl.username")
        password = settings.text("broker.kafka.sasl.password") or os.environ.get(PASSWORD_VARIABLE, "")
        if protocol.startswith("SASL_") and not (username and password):
            raise ConfigurationError(
                f"broker.kafka.security.protocol is {protocol}: name the user in broker.kafka.sasl.username, and put "
                f"the password into the environment variable {PASSWORD_VARIABLE}"
            )
        certfile, keyfile = _file(settings, "certfile"), _file(settings, "keyfile")
        if keyfile and not certfile:
            raise ConfigurationError(
                "broker.kafka.ssl.keyfile needs its certificate: name it in broker.kafka.ssl.certfile"
            )
        return cls(
            protocol,
            settings.text("broker.kafka.sasl.mechanism"),
            username,
            password,
            _file(settings, "cafile"),
            certfile,
            keyfile or certfile,
            settings.text("broker.kafka.ssl.key.password") or os.environ.get(KEY_PASSWORD_VARIABLE, ""),
        )

    def kafka_python(self) -> dict[str, Any]:
        """In the words of kafka-python."""
        words: dict[str, Any] = {"security_protocol": self.protocol}
        if self.protocol.startswith("SASL_"):
            words |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        files = {
            "ssl_cafile": self.cafile,
            "ssl_certfile": self.certfile,
            "ssl_keyfile": self.keyfile,
            "ssl_password": self.key_password,
        }
        return words | {word: value for word, value in files.items() if value}

    def confluent(self) -> dict[str, Any]:
        """In the words of confluent-kafka."""
        words: dict[str, Any] = {"security.protocol": self.protocol}
        if self.protocol.startswith("SASL_"):
            words |= {
                "sasl.mechanism": self.mechanism,
                "sasl.username": self.username,
                "sasl.password": self.password,
            }
        files = {
            "ssl.ca.location": self.cafile,
            "ssl.certificate.location": self.certfile,
            "ssl.key.location": self.keyfile,
            "ssl.key.password": self.key_password,
        }
        return words | {word: value for word, value in files.items() if value}


def _file(settings: Settings, name: str) -> str:
    key = f"broker.kafka.ssl.{name}"
    path = settings.text(key)
    if path and not Path(path).is_file():
        raise ConfigurationError(f"configuration key {key}: there is no file {path}")
    return path
