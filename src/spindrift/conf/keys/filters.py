"""Keys that name the filter files."""

from spindrift.conf.key import Key, Kind

KEYS = (
    Key("urlfilters.config.file", Kind.TEXT, "urlfilters.json", "URL filters; empty: none."),
    Key("parsefilters.config.file", Kind.TEXT, "parsefilters.json", "Parse filters; empty: none."),
)
