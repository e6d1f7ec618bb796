"""Names of the metadata that components agree on. StormCrawler's names wherever it has one."""

ERROR_CAUSE = "error.cause"
ERROR_SOURCE = "error.source"
ERROR_MESSAGE = "error.message"

FETCH_EXCEPTION = "fetch.exception"
STATUS_CODE = "fetch.statusCode"
BYTE_LENGTH = "fetch.byteLength"
LOADING_TIME = "fetch.loadingTime"
"""Milliseconds from the request to the last byte."""
TIME_IN_QUEUES = "fetch.timeInQueues"
"""Milliseconds from the tuple's arrival at the fetcher to the request."""
ERROR_COUNT = "fetch.error.count"
"""Fetch errors in a row."""
GONE_COUNT = "fetch.gone.count"
"""Answers 404 or 410 in a row: the second is taken for final."""
POSTPONED_COUNT = "fetch.postponed.count"
"""Answers 429, or 503 with Retry-After, in a row that were not counted as errors."""
POSTPONED_UNTIL = "fetch.postponed.until"
"""Beside FETCH_ERROR: epoch seconds before which the URL must not be tried again."""
ASKED_AGAIN = "fetch.asked.again"
"""`true` of an answer that did not count: the fetcher has asked once more (fetcher.retry.*)."""
FOR_ROBOTS_TXT = "robots.txt"
"""`true` of what is fetched as a robots.txt, not as a page."""
PRIVATE_ALLOWED = "fetch.private.allowed"
"""`true`: this URL may lead to a private or loopback address (a seed, or a link on a page that came from one)."""
FILE_SEED = "file.seed"
"""Of a file (`file:`) that another has led to: the URL of the seed. Only what its folder holds is read."""

POST_JSON = "http.post.json"
"""Body of a POST request, sent in place of GET. Of a seed, it is a part of its identity, and always stored."""
REQUESTED = (
    POST_JSON,
    "http.accept",
    "http.accept.language",
    "http.content.limit",
    "http.method.head",
    "http.proxy.skip",
    "set-header",
    "crawl.delay",
    "crawl.min.delay",
    "max.threads.queue",
    "max.retry.times",
    "dont_retry",
    "sitemap.discovery",
)
"""How a URL is to be asked for, and how often: always stored, or a seed would lose it before its first fetch."""
REDIRECT_TO = "_redirTo"
DEPTH = "depth"
MAX_DEPTH = "max.depth"
PATH = "url.path"
ANCHORS = "anchors"
TRIMMED = "http.trimmed"
TRIMMED_REASON = "http.trimmed.reason"
"""`length`, `time` or `disconnect`."""
NO_INDEX = "robots.noIndex"
NO_FOLLOW = "robots.noFollow"
NO_CACHE = "robots.noCache"
IS_SITEMAP = "isSitemap"
FOUND_SITEMAP = "foundSitemap"
"""`true`: the robots.txt of the page's host names sitemaps."""
IS_FEED = "isFeed"
SITEMAP_LAST_MODIFIED = "sitemap.lastModified"
"""ISO 8601, a date or a date and time: when the page changed, as a sitemap has it."""
SITEMAP_CHANGE_FREQUENCY = "sitemap.changefreq"
SITEMAP_PRIORITY = "sitemap.priority"
SAID_BY_SITEMAPS = (SITEMAP_LAST_MODIFIED, SITEMAP_CHANGE_FREQUENCY, SITEMAP_PRIORITY)
SITEMAP_HOSTS = "sitemap.hosts"
"""Of a sitemap: the other hosts whose robots.txt names it, so that it may speak of their URLs."""
SITEMAP_WARNING = "sitemap.warning"
"""What could not be read of a sitemap."""
FEED_TITLE = "feed.title"
FEED_PUBLISHED = "feed.publishedDate"
"""ISO 8601."""
FEED_DESCRIPTION = "feed.description"
FEED_WARNING = "feed.warning"
"""What could not be read of a feed."""
CONTENT_TYPE = "parse.Content-Type"
CONTENT_ENCODING = "parse.Content-Encoding"
CANONICAL = "canonical"
DISCOVERY_DATE = "discoveryDate"
LAST_PROCESSED_DATE = "lastProcessedDate"

REQUEST_HEADERS = "_request.headers_"
"""With http.store.headers, and under protocol.md.prefix as the four below: the request's head, without credentials."""
RESPONSE_HEADERS = "_response.headers_"
RESPONSE_IP = "_response.ip_"
REQUEST_TIME = "_request.time_"
"""Epoch milliseconds."""
PROTOCOL_VERSIONS = "_protocol_versions_"
"""Such as `HTTP/1.1,TLSv1.3,TLS_AES_256_GCM_SHA384`."""
