"""Keys of the parser. StormCrawler's jsoup.* names are kept where a user would look for them."""

from spindrift.conf.key import Key, Kind

KEYS = (
    Key(
        "jsoup.treat.non.html.as.error",
        Kind.FLAG,
        True,
        "Other types than HTML get ERROR; false: they are passed on, with the text of text/plain and none of others.",
    ),
    Key("jsoup.ignore.meta.redirections", Kind.FLAG, False, "Ignore meta refresh."),
    Key(
        "parser.meta.refresh.max.delay",
        Kind.DURATION,
        100.0,
        "A meta refresh that waits longer than this is a link of the page, not a redirect. StormCrawler has no limit.",
        unit="s",
        minimum=0,
        none_is_minus_one=True,
    ),
    Key("parser.emitOutlinks", Kind.FLAG, True, "Emit the links of a page as DISCOVERED."),
    Key(
        "parser.emitOutlinks.max.per.page",
        Kind.INTEGER,
        -1,
        "Most links of a page that are emitted.",
        minimum=0,
        none_is_minus_one=True,
    ),
    Key("track.anchors", Kind.FLAG, True, "Keep the anchor texts of a link in its metadata (anchors)."),
    Key("detect.mimetype", Kind.FLAG, True, "Look at the content, not at the header alone, for the type of a page."),
    Key(
        "detect.charset.maxlength",
        Kind.INTEGER,
        10000,
        "Bytes of a page that are looked at to find its charset.",
        minimum=0,
        none_is_minus_one=True,
    ),
    Key("detect.language", Kind.FLAG, True, "Find the language of a page from its text where it declares none."),
    Key("detect.date", Kind.FLAG, False, "Find the publication date of a page (parse.date, YYYY-MM-DD)."),
    Key(
        "textextractor.class",
        Kind.TEXT,
        "TextExtractor",
        "What a page's text is: TextExtractor (all of it, fast), MainTextExtractor (without navigation and comments), "
        "or the path of a class with from_settings(settings) and extract(root).",
    ),
    Key(
        "textextractor.include.pattern",
        Kind.TEXTS,
        [],
        'CSS selectors such as DIV[id="maincontent"]; the text is that of the first that matches.',
    ),
    Key("textextractor.exclude.tags", Kind.TEXTS, ["STYLE", "SCRIPT"], "Elements whose text is left out."),
    Key("textextractor.no.text", Kind.FLAG, False, "Extract no text."),
    Key(
        "textextractor.skip.after",
        Kind.INTEGER,
        -1,
        "Most characters of text that are kept.",
        minimum=0,
        none_is_minus_one=True,
    ),
)
