"""Who one is to Kafka, and how it is known that it is Kafka."""

import os
from collections.abc import Mapping
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
        return self._in(_KAFKA_PYTHON)

    def confluent(self) -> dict[str, Any]:
        """In the words of confluent-kafka."""
        return self._in(_CONFLUENT)

    def _in(self, words: Mapping[str, str]) -> dict[str, Any]:
        """What there is, by the words of a library for it."""
        left_out = frozenset() if self.protocol.startswith("SASL_") else _SASL
        given = {word: getattr(self, name) for name, word in words.items() if name not in left_out}
        return {word: value for word, value in given.items() if value}


_SASL: Final = frozenset({"mechanism", "username", "password"})
_KAFKA_PYTHON: Final = {
    "protocol": "security_protocol",
    "mechanism": "sasl_mechanism",
    "username": "sasl_plain_username",
    "password": "sasl_plain_password",
    "cafile": "ssl_cafile",
    "certfile": "ssl_certfile",
    "keyfile": "ssl_keyfile",
    "key_password": "ssl_password",
}
_CONFLUENT: Final = {
    "protocol": "security.protocol",
    "mechanism": "sasl.mechanism",
    "username": "sasl.username",
    "password": "sasl.password",
    "cafile": "ssl.ca.location",
    "certfile": "ssl.certificate.location",
    "keyfile": "ssl.key.location",
    "key_password": "ssl.key.password",
}


def _file(settings: Settings, name: str) -> str:
    key = f"broker.kafka.ssl.{name}"
    path = settings.text(key)
    if path and not Path(path).is_file():
        raise ConfigurationError(f"configuration key {key}: there is no file {path}")
    return path
