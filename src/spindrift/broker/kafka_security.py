"""Who one is to Kafka, and how it is known that it is Kafka."""

import os
from dataclasses import dataclass, field
from typing import Any, Final, Self

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError

PASSWORD_VARIABLE: Final = "SPINDRIFT_KAFKA_PASSWORD"  # noqa: S105 - the name of the variable


@dataclass(frozen=True, slots=True)
class KafkaSecurity:
    """TLS, and user name and password (SASL). The password is in no message."""

    protocol: str = "PLAINTEXT"
    mechanism: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    cafile: str = ""

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Keys `broker.kafka.security.protocol`, `broker.kafka.sasl.*`, `broker.kafka.ssl.cafile`.

        Raises ConfigurationError for SASL without a user name or a password.
        """
        protocol = settings.text("broker.kafka.security.protocol")
        username = settings.text("broker.kafka.sasl.username")
        password = settings.text("broker.kafka.sasl.password") or os.environ.get(PASSWORD_VARIABLE, "")
        if protocol.startswith("SASL_") and not (username and password):
            raise ConfigurationError(
                f"broker.kafka.security.protocol is {protocol}: name the user in broker.kafka.sasl.username, and put "
                f"the password into the environment variable {PASSWORD_VARIABLE}"
            )
        mechanism = settings.text("broker.kafka.sasl.mechanism")
        return cls(protocol, mechanism, username, password, settings.text("broker.kafka.ssl.cafile"))

    def kafka_python(self) -> dict[str, Any]:
        """In the words of kafka-python."""
        words: dict[str, Any] = {"security_protocol": self.protocol}
        if self.protocol.startswith("SASL_"):
            words |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        return words | ({"ssl_cafile": self.cafile} if self.cafile else {})

    def confluent(self) -> dict[str, Any]:
        """In the words of confluent-kafka."""
        words: dict[str, Any] = {"security.protocol": self.protocol}
        if self.protocol.startswith("SASL_"):
            words |= {
                "sasl.mechanism": self.mechanism,
                "sasl.username": self.username,
                "sasl.password": self.password,
            }
        return words | ({"ssl.ca.location": self.cafile} if self.cafile else {})
