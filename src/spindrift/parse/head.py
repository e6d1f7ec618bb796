"""What a page says of itself: title, meta and link elements, base href."""

from dataclasses import dataclass, field

from lxml import etree

from spindrift.parse.refresh import Refresh, parse_refresh

MAX_VALUE_LENGTH = 10_000
"""Characters of a title, a description or a list of keywords that are kept."""
_NOT_RUN = ("noscript", "template")
"""What is in these must not lead a whole page elsewhere: it is for other browsers, or for none."""


@dataclass(slots=True)
class Head:
    """The self-description of a page, as written: nothing is resolved."""

    title: str = ""
    base: str | None = None
    language: str = ""
    canonical: str | None = None
    next_page: list[str] = field(default_factory=list)
    metas: dict[str, str] = field(default_factory=dict)
    """Lower-case name, property or http-equiv to content; the first of each that is not empty."""
    named: list[tuple[str, str]] = field(default_factory=list)
    """All meta names with their contents, for robots directives."""
    refresh: Refresh | None = None

    @property
    def description(self) -> str:
        """The description, or what the page tells social networks."""
        return self.metas.get("description") or self.metas.get("og:description", "")

    @property
    def keywords(self) -> list[str]:
        """The keywords, one by one."""
        return [word for part in self.metas.get("keywords", "").split(",") if (word := part.strip())]


def read_head(root: etree._Element) -> Head:
    """Collect the head of a page, wherever in the page its elements are."""
    head = Head(language=root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
    for element in root.iter("meta", "link", "title", "base"):
        match element.tag:
            case "meta":
                _read_meta(element, head)
            case "link":
                _read_link(element, head)
            case "title":
                # Not the titles of drawings.
                if not head.title and _tag_of_parent(element) != "svg":
                    head.title = _value("".join(map(str, element.itertext())))
            case _:
                if head.base is None and _tag_of_parent(element) not in _NOT_RUN:
                    head.base = element.get("href")
    if not head.title:
        head.title = head.metas.get("og:title", "")
    return head


def _read_meta(element: etree._Element, head: Head) -> None:
    content = element.get("content")
    if not content:
        return
    name = element.get("name")
    if name:
        head.named.append((name, content))
    equivalent = element.get("http-equiv")
    if equivalent and equivalent.strip().lower() == "refresh":
        if head.refresh is None and _tag_of_parent(element) not in _NOT_RUN:
            head.refresh = parse_refresh(content)
        return
    if key := (name or element.get("property") or equivalent):
        head.metas.setdefault(key.strip().lower(), _value(content))


def _read_link(element: etree._Element, head: Head) -> None:
    rel = element.get("rel")
    if not rel or not (href := element.get("href")):
        return
    words = rel.lower().split()
    if "canonical" in words and head.canonical is None:
        head.canonical = href
    if "next" in words:
        head.next_page.append(href)


def _tag_of_parent(element: etree._Element) -> str:
    parent = element.getparent()
    return "" if parent is None else str(parent.tag)


def _value(text: str) -> str:
    return " ".join(text[:MAX_VALUE_LENGTH].split())
