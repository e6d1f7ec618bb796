"""Keys of the protocols: which serves a scheme, and what their requests carry."""

import re

from spindrift.conf.key import Key, KeyFamily, Kind

KEYS = (
    Key(
        "protocols",
        Kind.TEXTS,
        ["http", "https"],
        "Schemes whose URLs are fetched. With file, seeds are read from disk, and what they lead to in their folder "
        "and below; StormCrawler has it by default.",
    ),
    Key(
        "protocol.delegator.config",
        Kind.ENTRIES,
        [],
        "Which protocol serves which URLs, for DelegatorProtocol: objects with className, filters (metadata key: "
        "value, or null for any), regex (a list), operator (AND, OR), id. The first that matches serves; the last "
        "has no condition.",
    ),
    Key(
        "http.store.headers",
        Kind.FLAG,
        False,
        "Keep the heads of request and answer, address, time and versions among the metadata, for archives.",
    ),
    Key(
        "http.referer",
        Kind.FLAG,
        False,
        "Send the page that led to a URL (the last of url.path, see metadata.track.path) as its Referer, as browsers "
        "do: whole within its origin, elsewhere the origin alone, from https to http nothing.",
    ),
    Key(
        "http.use.cookies",
        Kind.FLAG,
        False,
        "Send back the cookies that are in the metadata (protocol.set-cookie); for pages to hand them to their links, "
        "name it in metadata.transfer, too.",
    ),
    Key(
        "http.custom.headers",
        Kind.TEXTS,
        [],
        "Headers of every request, such as X-Purpose=research; a list where a value has a comma.",
        headers=True,
    ),
    Key("http.basicauth.user", Kind.TEXT, None, "User for basic authentication at http.basicauth.hosts."),
    Key("http.basicauth.password", Kind.TEXT, None, "Password of http.basicauth.user.", secret=True),
    Key(
        "http.basicauth.hosts",
        Kind.TEXTS,
        [],
        "Hosts, or host:port, that get http.basicauth.user and its password. StormCrawler sends them to every host.",
    ),
    Key("http.proxy", Kind.TEXT, None, "Proxy, as http://HOST:PORT or http://USER:PASSWORD@HOST:PORT.", secret=True),
    Key("http.proxy.host", Kind.TEXT, None, "Host of the proxy, in place of http.proxy."),
    Key("http.proxy.port", Kind.INTEGER, 8080, "Its port.", minimum=1),
    Key("http.proxy.type", Kind.TEXT, "HTTP", "Its kind: only HTTP proxies are supported.", choices=("HTTP", "http")),
    Key("http.proxy.user", Kind.TEXT, None, "User for the proxy."),
    Key("http.proxy.pass", Kind.TEXT, None, "Password for the proxy.", secret=True),
    Key("http.proxy.file", Kind.TEXT, None, "File with a proxy a line, among which http.proxy.rotation chooses."),
    Key(
        "http.proxy.rotation",
        Kind.TEXT,
        "ROUND_ROBIN",
        "How the proxy of a request is chosen from http.proxy.file.",
        choices=("ROUND_ROBIN", "RANDOM", "LEAST_USED"),
    ),
    Key(
        "http.proxy.from.environment",
        Kind.FLAG,
        False,
        "Use the proxy of HTTP_PROXY (or HTTPS_PROXY, ALL_PROXY) where the keys name none.",
    ),
    Key("file.encoding", Kind.TEXT, "UTF-8", "Encoding of file names in file: URLs."),
)

FAMILIES = (
    KeyFamily(
        "<scheme>.protocol.implementation",
        re.compile(r"(?P<scheme>[a-z][a-z0-9+-]*)\.protocol\.implementation"),
        Key(
            "<scheme>.protocol.implementation",
            Kind.TEXT,
            None,
            "Class that serves a scheme: HttpProtocol, FileProtocol, DelegatorProtocol, the path of any class "
            "(package.module.Class), or a StormCrawler class name.",
        ),
    ),
    KeyFamily(
        "http.basicauth.user.<host>",
        re.compile(r"http\.basicauth\.user\.(?P<host>.+)"),
        Key("http.basicauth.user.<host>", Kind.TEXT, None, "User for basic authentication at one host, or host:port."),
    ),
    KeyFamily(
        "http.basicauth.password.<host>",
        re.compile(r"http\.basicauth\.password\.(?P<host>.+)"),
        Key("http.basicauth.password.<host>", Kind.TEXT, None, "Password at that host.", secret=True),
    ),
)
