"""The filter classes of StormCrawler, so that its users' files load unchanged, or say clearly what is not here yet."""

PREFIXES = ("org.apache.stormcrawler.", "com.digitalpebble.stormcrawler.")
"""Package of StormCrawler today, and before it moved to Apache."""

_PACKAGES = {
    "filtering.basic": ("BasicURLFilter", "BasicURLNormalizer", "SelfURLFilter"),
    "filtering.depth": ("MaxDepthFilter",),
    "filtering.host": ("HostURLFilter",),
    "filtering.metadata": ("MetadataFilter",),
    "filtering.regex": ("FastURLFilter", "RegexURLFilter", "RegexURLNormalizer"),
    "filtering.robots": ("RobotsFilter",),
    "filtering.sitemap": ("SitemapFilter",),
    "opensearch.filtering": ("JSONURLFilterWrapper",),
    "elasticsearch.filtering": ("JSONURLFilterWrapper",),
    "jsoup": ("LDJsonParseFilter", "LinkParseFilter", "XPathFilter"),
    "parse.filter": (
        "CollectionTagger",
        "CommaSeparatedToMultivaluedMetadata",
        "ContentFilter",
        "DebugParseFilter",
        "DomainParseFilter",
        "LDJsonParseFilter",
        "LanguageID",
        "LinkParseFilter",
        "MD5SignatureParseFilter",
        "MimeTypeNormalization",
        "XPathFilter",
    ),
    "opensearch.parse.filter": ("JSONResourceWrapper",),
    "elasticsearch.parse.filter": ("JSONResourceWrapper",),
}
JAVA_CLASSES = frozenset(f"{package}.{name}" for package, names in _PACKAGES.items() for name in names)
"""Every filter class, without the prefix."""

SHORT_NAMES = frozenset(name.rpartition(".")[2] for name in JAVA_CLASSES)


def without_prefix(name: str) -> str | None:
    """A class name of a StormCrawler package without the prefix; None for any other name."""
    return next((name.removeprefix(prefix) for prefix in PREFIXES if name.startswith(prefix)), None)
