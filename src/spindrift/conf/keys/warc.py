"""Keys of web archives."""

from spindrift.conf.key import Key, Kind

KEYS = (
    Key("warc.path", Kind.TEXT, None, "Folder to which the WARC bolt writes."),
    Key("warc.prefix", Kind.TEXT, "crawl", "Beginning of the names of WARC files."),
    Key(
        "warc.max.size",
        Kind.INTEGER,
        1_000_000_000,
        "Bytes, compressed, after which a new WARC file is begun.",
        minimum=1,
    ),
    Key(
        "warc.max.age",
        Kind.DURATION,
        60.0,
        "Time after which a WARC file is completed and a new one begun; -1: none.",
        unit="min",
        minimum=0.001,
        none_is_minus_one=True,
    ),
    Key(
        "warc.metadata.keys",
        Kind.TEXTS,
        [],
        "Metadata that is written to metadata records; a * at the end matches any rest.",
    ),
    Key("warc.paths", Kind.TEXTS, [], "WARC and ARC files to read, and lists of them (.paths, .txt, also .gz)."),
    Key(
        "warc.checkpoint",
        Kind.TEXT,
        None,
        "File in which the WARC spout notes how far it is, to go on there when it is started again.",
    ),
    Key("replay.time", Kind.NUMBER, None, "Epoch seconds that a replay takes for now.", internal=True),
)
