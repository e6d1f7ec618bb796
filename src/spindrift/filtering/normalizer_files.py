"""The XML files of RegexURLNormalizer, as Nutch and StormCrawler have them."""

from pathlib import Path

from lxml import etree

from spindrift.filtering.substitution import Rule, check_rule

_EXPECTED = (
    "expected <regex-normalize> with <regex><pattern>…</pattern><substitution>…</substitution></regex> for each rule"
)


def read_normalizer_file(path: Path) -> tuple[list[Rule], list[str]]:
    """The rules of a file, and its mistakes, each with file and line.

    Nothing is fetched or expanded: no entities but XML's own (`&amp;`), no DTD.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(path.read_bytes(), parser)
    except OSError as error:
        return [], [f"{path} cannot be read: {error.strerror}"]
    except (etree.XMLSyntaxError, ValueError) as error:
        return [], [f"{path} is not valid XML: {error}"]
    if root.getroottree().docinfo.internalDTD is not None:
        return [], [f"{path} has a document type (<!DOCTYPE …>), which is not read; write without it"]
    if root.tag != "regex-normalize":
        return [], [f"{path}: its outermost element is <{root.tag}>; {_EXPECTED}"]
    rules, mistakes = [], []
    for element in root:
        try:
            rules.append(_rule(element))
        except ValueError as error:
            mistakes.append(f"{path}, line {element.sourceline}: {error}")
    return rules, mistakes


def _rule(element: etree._Element) -> Rule:
    if element.tag != "regex":
        raise ValueError(f"<{element.tag}> is no rule; {_EXPECTED}")
    texts: dict[str, str] = {}
    for field in element:
        if field.tag not in ("pattern", "substitution") or field.tag in texts:
            raise ValueError(f"a <regex> has one <pattern> and one <substitution>; got <{field.tag}>")
        if len(field):
            raise ValueError(f"<{field.tag}> holds an element or an entity; write &lt; and &amp; for < and &")
        texts[str(field.tag)] = field.text or ""
    if not texts.get("pattern", "").strip():
        raise ValueError("the rule has no <pattern>")
    if "substitution" not in texts:
        raise ValueError("the rule has no <substitution>; an empty one removes what is found")
    rule = Rule(texts["pattern"], texts["substitution"])
    check_rule(rule)
    return rule
