"""The services that there are."""

from typing import Final

from spindrift.services.elasticsearch import Elasticsearch
from spindrift.services.kafka import Kafka
from spindrift.services.opensearch import OpenSearch
from spindrift.services.service import Service
from spindrift.services.storm import Storm

SERVICES: Final[dict[str, Service]] = {
    service.name: service for service in (Storm(), Kafka(), Elasticsearch(), OpenSearch())
}
