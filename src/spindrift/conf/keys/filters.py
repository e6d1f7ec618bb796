"""Keys that name the filter files."""

from spindrift.conf.key import Key, Kind

KEYS = (
    Key(
        "spindrift.project.dir",
        Kind.TEXT,
        None,
        "Folder of the config.json in use, where the files that keys name are looked for; set by the command line.",
        internal=True,
    ),
    Key(
        "urlfilters.config.file",
        Kind.TEXT,
        "urlfilters.json",
        "URL filters; empty: none, as by default in StormCrawler.",
    ),
    Key(
        "parsefilters.config.file",
        Kind.TEXT,
        "parsefilters.json",
        "Parse filters; empty: none, as by default in StormCrawler.",
    ),
    Key("jsoup.filters.config.file", Kind.TEXT, "", "More parse filters, which run before the others; empty: none."),
    Key(
        "filters.reload.interval",
        Kind.DURATION,
        2,
        "How often, at most, filter files, and those that they name, are looked at for changes, as pages pass; -1: "
        "never while running.",
        unit="s",
        minimum=0,
        none_is_minus_one=True,
    ),
    Key("fast.urlfilter.file", Kind.TEXT, "fast.urlfilter.json", "Rules of a FastURLFilter that names no file."),
    Key(
        "urlfilters.discovered.only",
        Kind.FLAG,
        False,
        "URLFilterBolt: only URLs that are DISCOVERED; the rest passes.",
    ),
    Key(
        "urlfilters.max.depth",
        Kind.INTEGER,
        -1,
        "A MaxDepthFilter behind the filters of the file: most links between a seed and a page (0: seeds only).",
        minimum=0,
        none_is_minus_one=True,
    ),
    Key(
        "urlfilters.same",
        Kind.TEXT,
        None,
        "A HostURLFilter behind the filters of the file: links stay on the host or registered domain of their page.",
        choices=("host", "domain"),
    ),
    Key(
        "urlfilters.scope.key",
        Kind.TEXT,
        None,
        "A SeedScopeFilter behind the filters of the file: metadata with regular expressions that links have to match, "
        "such as a seed's scope=^https://example.com/docs/; links inherit it.",
    ),
)
