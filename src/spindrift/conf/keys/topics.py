"""Keys of topics: the broker, and the spouts and bolts that read and write them."""

from spindrift.conf.key import Key, Kind

KEYS = (
    Key(
        "broker.url",
        Kind.TEXT,
        "sqlite:///topics.db",
        "Topics: sqlite:///FILE, or a file, for the processes of one machine; kafka://HOST:PORT,HOST:PORT; memory: is "
        "gone with the process.",
    ),
    Key("broker.partitions", Kind.INTEGER, 4, "Partitions of a topic that is created at its first use.", minimum=1),
    Key(
        "broker.session.timeout",
        Kind.DURATION,
        10.0,
        "A consumer that is not heard of for so long is taken for dead: others of its group take over.",
        unit="s",
        minimum=0.5,
    ),
    Key(
        "broker.linger",
        Kind.DURATION,
        20.0,
        "Longest time that messages wait for others that are written with them.",
        unit="ms",
        minimum=0,
    ),
    Key(
        "broker.retention.time",
        Kind.DURATION,
        168.0,
        "Messages of the embedded broker that are older are deleted, read or not; -1 keeps them. (Kafka has its own.)",
        unit="h",
        minimum=0,
        none_is_minus_one=True,
    ),
    Key(
        "broker.retention.bytes",
        Kind.INTEGER,
        -1,
        "Most bytes of a partition of the embedded broker; the oldest messages are deleted, read or not.",
        minimum=0,
        none_is_minus_one=True,
    ),
    Key(
        "broker.kafka.client",
        Kind.TEXT,
        "auto",
        "Library that talks to Kafka; auto: confluent-kafka where it is installed, which is several times faster.",
        choices=("auto", "kafka-python", "confluent-kafka"),
    ),
    Key(
        "broker.kafka.connect.timeout",
        Kind.DURATION,
        10.0,
        "Longest time to wait for a Kafka that does not answer at the start.",
        unit="s",
        minimum=0,
    ),
    Key("topic.names", Kind.TEXTS, [], "Topics that a topic spout reads."),
    Key("topic.group", Kind.TEXT, "spindrift", "Group that a topic spout reads for; its tasks share the partitions."),
    Key(
        "topic.start",
        Kind.TEXT,
        "earliest",
        "Where a group begins that has read nothing yet: earliest, latest, an offset, or a time such as "
        "2026-05-01T12:00:00Z.",
    ),
    Key(
        "topic.format",
        Kind.TEXT,
        "json",
        "What the values of messages are, for topic spouts and bolts.",
        choices=("json", "text", "bytes"),
    ),
    Key(
        "topic.max.replays",
        Kind.INTEGER,
        2,
        "A message whose tuple failed this many times in a row goes to the dead-letter topic instead of being replayed "
        "again.",
        minimum=0,
        none_is_minus_one=True,
    ),
    Key(
        "topic.dead.letter.suffix",
        Kind.TEXT,
        ".dead-letter",
        "Messages that cannot be read, or fail again and again, go to the topic of this name behind that of their own.",
    ),
    Key(
        "topic.max.buffered",
        Kind.INTEGER,
        5000,
        "Messages read ahead by a topic spout, at which it pauses its partitions.",
        minimum=1,
    ),
    Key(
        "topic.max.uncommitted",
        Kind.INTEGER,
        100_000,
        "Messages of a partition behind one that is not acked, at which the partition is paused.",
        minimum=1,
    ),
    Key(
        "topic.commit.interval",
        Kind.DURATION,
        1.0,
        "Time between two commits of what a topic spout's tuples have finished.",
        unit="s",
        minimum=0,
    ),
    Key("topic.name", Kind.TEXT, "", "Topic that a topic bolt writes to."),
    Key(
        "topic.key.field",
        Kind.TEXT,
        "",
        "Field of the tuple that is the key of its message; none: messages are spread over the partitions.",
    ),
    Key(
        "crawl.topic.urls",
        Kind.TEXT,
        "urls",
        'Topic of the URLs that a topic crawl is given: {"url": ..., "metadata": {"key": ["value"]}}, or lines as in '
        "files of seeds.",
    ),
    Key("crawl.topic.statuses", Kind.TEXT, "statuses", "Topic that a topic crawl writes statuses to."),
    Key("crawl.topic.documents", Kind.TEXT, "documents", "Topic that a topic crawl writes documents to."),
    Key(
        "crawl.topic.statuses.of",
        Kind.TEXTS,
        ["FETCHED", "REDIRECTION", "FETCH_ERROR", "ERROR"],
        "Statuses that are written to a topic; others pass.",
    ),
)
