"""What Google's extensions of the sitemap protocol say of a URL, under StormCrawler's names (`NEWS.title`)."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from lxml import etree

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.metadata import Metadata, add_values
from spindrift.parse.timestamps import parse_timestamp
from spindrift.parse.xml_stream import local_name, text_of

MAX_VALUES: Final = 1000
"""Values of one name that are kept: as many images as a URL may have."""
_MAX_LENGTH: Final = 10_000

Pairs = Iterator[tuple[str, str]]


def extension_metadata(element: etree._Element, extensions: Sequence[str]) -> Metadata:
    """The metadata of one `url` element: of each of `extensions`, those that it has."""
    found: Metadata = {}
    for child in element:
        name = _EXTENSION_OF.get(local_name(child))
        if name is None or name not in extensions:
            continue
        for key, value in _READERS[name](child):
            values = found.setdefault(f"{name}.{key}", [])
            if len(values) < MAX_VALUES:
                values.append(value[:_MAX_LENGTH])
    metadata: Metadata = {}
    for key, values in found.items():
        add_values(metadata, key, values)
    return metadata


def wanted_extensions(settings: Settings) -> tuple[str, ...]:
    """Those of `sitemap.extensions`, in capitals. Raises ConfigurationError where one is no extension."""
    wanted = tuple(name.strip().upper() for name in settings.texts("sitemap.extensions"))
    problems = [
        f"configuration key sitemap.extensions: {name} is no extension; expected some of {', '.join(_READERS)}"
        for name in wanted
        if name not in _READERS
    ]
    if problems:
        raise ConfigurationError(problems)
    return wanted


def _image(element: etree._Element) -> Pairs:
    return _texts(element, ("loc", "caption", "geo_location", "title", "license"))


def _mobile(_element: etree._Element) -> Pairs:
    return iter(())


def _link(element: etree._Element) -> Pairs:
    for name, value in element.attrib.items():
        local = str(name).rpartition("}")[2]
        yield ("href" if local == "href" else f"params.{local}"), str(value).strip()


def _news(element: etree._Element) -> Pairs:
    for child in element:
        name, text = local_name(child), text_of(child)
        match name:
            case "publication":
                yield from _texts(child, ("name", "language"))
            case "title" | "access":
                yield name, text
            case "publication_date":
                yield name, _date(text)
            case "genres" | "keywords" | "stock_tickers":
                for part in text.split(","):
                    yield name, part.strip()


def _video(element: etree._Element) -> Pairs:
    for child in element:
        name, text = local_name(child), text_of(child)
        if name in _VIDEO_TEXTS:
            yield name, text
        elif name in _VIDEO_SPECIAL:
            yield from _VIDEO_SPECIAL[name](child, text)


_VIDEO_TEXTS: Final = frozenset(
    {
        "thumbnail_loc",
        "title",
        "description",
        "content_loc",
        "player_loc",
        "duration",
        "rating",
        "view_count",
        "category",
    }
)


def _video_flag(name: str) -> Callable[[etree._Element, str], Pairs]:
    def read(_element: etree._Element, text: str) -> Pairs:
        yield name, "false" if text.lower() in ("no", "false", "0") else "true"

    return read


def _video_date(element: etree._Element, text: str) -> Pairs:
    yield local_name(element), _date(text)


def _video_tag(_element: etree._Element, text: str) -> Pairs:
    yield "tags", text


def _video_limits(name: str) -> Callable[[etree._Element, str], Pairs]:
    def read(element: etree._Element, text: str) -> Pairs:
        kind = "allowed" if (element.get("relationship") or "").lower() == "allow" else "restricted"
        for part in text.split():
            yield f"{kind}_{name}", part

    return read


def _video_gallery(element: etree._Element, text: str) -> Pairs:
    yield "gallery_loc", text
    yield "gallery_title", element.get("title") or ""


def _video_price(element: etree._Element, text: str) -> Pairs:
    kind, resolution = element.get("type") or "own", element.get("resolution") or "null"
    currency = element.get("currency") or "null"
    yield "prices", f"value: {text}, currency: {currency}, type: {kind}, resolution: {resolution}"


def _video_uploader(element: etree._Element, text: str) -> Pairs:
    yield "uploader", text
    yield "uploader_info", element.get("info") or ""


_VIDEO_SPECIAL: Final[dict[str, Callable[[etree._Element, str], Pairs]]] = {
    "expiration_date": _video_date,
    "publication_date": _video_date,
    "family_friendly": _video_flag("family_friendly"),
    "requires_subscription": _video_flag("requires_subscription"),
    "live": _video_flag("is_live"),
    "tag": _video_tag,
    "restriction": _video_limits("countries"),
    "platform": _video_limits("platforms"),
    "gallery_loc": _video_gallery,
    "price": _video_price,
    "uploader": _video_uploader,
}

_READERS: Final[dict[str, Callable[[etree._Element], Pairs]]] = {
    "IMAGE": _image,
    "LINKS": _link,
    "MOBILE": _mobile,
    "NEWS": _news,
    "VIDEO": _video,
}
_EXTENSION_OF: Final = {"image": "IMAGE", "link": "LINKS", "mobile": "MOBILE", "news": "NEWS", "video": "VIDEO"}


def _texts(element: etree._Element, names: Sequence[str]) -> Pairs:
    for child in element:
        if (name := local_name(child)) in names:
            yield name, text_of(child)


def _date(text: str) -> str:
    """As StormCrawler writes it: a date alone gets a time. What is no date is kept as it is."""
    timestamp = parse_timestamp(text)
    if timestamp is None:
        return text
    return f"{timestamp.iso}T00:00Z" if timestamp.is_date else timestamp.iso
