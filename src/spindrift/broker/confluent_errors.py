"""What errors of confluent-kafka mean."""

from typing import Final

from confluent_kafka import KafkaError

from spindrift.broker.kafka_connection import KafkaConnection
from spindrift.errors import BrokerError

_AWAY: Final = frozenset(
    {
        KafkaError._ALL_BROKERS_DOWN,
        KafkaError._MSG_TIMED_OUT,
        KafkaError._RESOLVE,
        KafkaError._TIMED_OUT,
        KafkaError._TRANSPORT,
        KafkaError._WAIT_COORD,
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.NOT_COORDINATOR,
        KafkaError.REQUEST_TIMED_OUT,
    }
)
_TOO_LARGE: Final = frozenset({KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.RECORD_LIST_TOO_LARGE})


def broker_error(connection: KafkaConnection, what: str, error: BaseException | KafkaError) -> BrokerError:
    """The error to raise: `what` could not be done."""
    cause = error if isinstance(error, KafkaError) else error.args[0] if error.args else error
    away = isinstance(cause, KafkaError) and cause.code() in _AWAY
    if isinstance(cause, KafkaError) and cause.code() in _TOO_LARGE:
        return connection.too_large(what, cause.str())
    return connection.error(what, cause.str() if isinstance(cause, KafkaError) else error, away=away)
