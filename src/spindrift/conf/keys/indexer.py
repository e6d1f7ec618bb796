"""Keys of the indexer."""

from spindrift.conf.key import Key, Kind

KEYS = (
    Key(
        "indexer.md.mapping",
        Kind.TEXTS,
        [
            "parse.title=title",
            "parse.keywords=keywords",
            "parse.description=description",
            "parse.language=language",
            "parse.date=date",
            "domain",
        ],
        "Metadata to index: key, key=field, key[0]=field, or a pattern such as parse.*. StormCrawler's default lacks "
        "parse.language, parse.date and domain.",
    ),
    Key("indexer.md.filter", Kind.TEXT, None, "Index only pages whose metadata has this key=value."),
    Key("indexer.url.fieldname", Kind.TEXT, "url", "Field of the URL; empty: none."),
    Key("indexer.text.fieldname", Kind.TEXT, "content", "Field of the text; empty: none."),
    Key(
        "indexer.text.maxlength",
        Kind.INTEGER,
        -1,
        "Most characters of text that are indexed.",
        minimum=0,
        none_is_minus_one=True,
    ),
    Key(
        "indexer.canonical.name",
        Kind.TEXT,
        "canonical",
        "Metadata with the canonical URL, used where it has the page's registered domain; empty: not used.",
    ),
    Key("indexer.ignore.empty.fields", Kind.FLAG, False, "Leave fields without a value out of the document."),
)
