"""Real servers on one machine, started from packages: for tests, and for trying a cluster out.

Storm, Kafka, Elasticsearch and OpenSearch come from Maven Central and run on loopback ports; a JDK 17 and Maven are all
that has to be there. `spindrift services` and the fixtures of tests/real start them by the same code.
"""
