"""Writes the pages of the generated web: the same ones for the same seed, on every machine."""

import random
from collections.abc import Callable
from functools import cached_property
from html import escape

from spindrift.demo.vocabulary import ADJECTIVES, ADVERBS, PREPOSITIONS, SUBJECTS, SYLLABLES, VERBS

_SUBJECTS = tuple(SUBJECTS)
_SENTENCES_A_SUBJECT = 600
_LINKS_TO_OTHER_HOSTS = 0.2
_STYLE = "".join(
    f".c{number}{{margin:{number}px {number * 2}px;padding:{number}px;color:#{number * 4096:06x};line-height:1.5}}\n"
    for number in range(40)
)


class PageWriter:
    """Text, links and HTML of page `page` of host `host` (both count from 0).

    `page_bytes` is the size that a page comes near to; `links` how many `<a>` it has, repeated ones included.
    `base(host)` gives the scheme and authority of a host, such as `http://host007.localhost:8080`.
    """

    def __init__(
        self, base: Callable[[int], str], *, hosts: int, pages: int, page_bytes: int, links: int, seed: int
    ) -> None:
        self._base = base
        self._hosts = hosts
        self._pages = pages
        self._page_bytes = page_bytes
        self._links = links
        self._seed = seed
        self._titles: dict[tuple[int, int], str] = {}

    def subject(self, host: int) -> str:
        """What the pages of a host are about."""
        return _SUBJECTS[host % len(_SUBJECTS)]

    def path(self, host: int, page: int) -> str:
        """Path of a page; page 0 is the home page."""
        if page == 0:
            return "/"
        nouns = SUBJECTS[self.subject(host)]
        return f"/{self.subject(host)}/{nouns[page % len(nouns)]}-{page}.html"

    def url(self, host: int, page: int) -> str:
        """URL of a page."""
        return self._base(host) + self.path(host, page)

    def title(self, host: int, page: int) -> str:
        """Title of a page."""
        if (title := self._titles.get((host, page))) is None:
            title = self._titles[host, page] = self._write_title(host, page)
        return title

    def _write_title(self, host: int, page: int) -> str:
        if page == 0:
            return f"All about {self.subject(host)} ({host})"
        chosen = self._random("title", host, page)
        noun = SUBJECTS[self.subject(host)][page % len(SUBJECTS[self.subject(host)])]
        return f"The {chosen.choice(ADJECTIVES)} {noun} of {_name(chosen)}, part {page}"

    def html(self, host: int, page: int, *, extra_links: tuple[tuple[str, str], ...] = ()) -> str:
        """The page. `extra_links` are (href, text) beside the generated ones."""
        chosen = self._random("page", host, page)
        sentences = self._sentences[self.subject(host)]
        title = escape(self.title(host, page))
        description = escape(" ".join(chosen.sample(sentences, 2)))
        links = [*extra_links, *self._chosen_links(chosen, host, page)]
        opening = (
            f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
            f'<meta name="description" content="{description}">\n'
            f'<meta name="keywords" content="{self.subject(host)}, {chosen.choice(SUBJECTS[self.subject(host)])}">\n'
            f'<link rel="canonical" href="{self.url(host, page)}">\n<style>\n{_STYLE}</style>\n</head>\n'
            f'<body class="c1">\n<header><h1>{title}</h1></header>\n'
        )
        closing = (
            '<footer class="c3"><p>Generated; any likeness to real places is chance.</p></footer>\n</body>\n</html>\n'
        )
        parts = [opening]
        size = len(opening) + len(closing)
        for number, (href, text) in enumerate(links):
            sentence = chosen.choice(sentences) if number % 3 == 0 else ""
            parts.append(
                f'<p class="c{number % 40}"><a class="c2" href="{escape(href)}">{escape(text)}</a> {sentence}</p>\n'
            )
            size += len(parts[-1])
        while size < self._page_bytes - 200:
            text = " ".join(chosen.sample(sentences, 5))
            parts.append(f'<section class="c{len(parts) % 40}"><p class="c9">{text}</p></section>\n')
            size += len(parts[-1])
        parts.append(closing)
        return "".join(parts)

    def _chosen_links(self, chosen: random.Random, host: int, page: int) -> list[tuple[str, str]]:
        """The next page and the next host first, so that everything is reachable from anywhere."""
        following = (page + 1) % self._pages
        neighbour = (host + 1) % self._hosts
        links = [
            (self.path(host, following), "Next page"),
            (self.url(neighbour, 0), f"About {self.subject(neighbour)}"),
        ]
        while len(links) < self._links:
            if self._hosts > 1 and chosen.random() < _LINKS_TO_OTHER_HOSTS:
                other, number = chosen.randrange(self._hosts), chosen.randrange(self._pages)
                links.append((self.url(other, number), self.title(other, number)))
            else:
                number = chosen.randrange(self._pages)
                links.append((self.path(host, number), self.title(host, number)))
        return links[: max(self._links, 2)]

    @cached_property
    def _sentences(self) -> dict[str, list[str]]:
        return {subject: self._write_sentences(subject) for subject in _SUBJECTS}

    def _write_sentences(self, subject: str) -> list[str]:
        chosen = self._random("sentences", subject)
        return [_sentence(chosen, SUBJECTS[subject]) for _ in range(_SENTENCES_A_SUBJECT)]

    def _random(self, *what: object) -> random.Random:
        return random.Random(f"{self._seed}/{'/'.join(map(str, what))}")


def _sentence(chosen: random.Random, nouns: tuple[str, ...]) -> str:
    adjective, other = chosen.sample(ADJECTIVES, 2)
    subject, target = chosen.sample(nouns, 2)
    place = f"{chosen.choice(PREPOSITIONS)} {_name(chosen)}"
    match chosen.randrange(3):
        case 0:
            return f"The {adjective} {subject} {chosen.choice(VERBS)} the {target} {place}."
        case 1:
            year = chosen.randrange(1700, 2030)
            return (
                f"In {year} the {subject} {place} {chosen.choice(ADVERBS)} {chosen.choice(VERBS)} a {other} {target}."
            )
        case _:
            return (
                f"{place[0].upper()}{place[1:]} a {adjective} {subject} {chosen.choice(VERBS)} every {other} {target}."
            )


def _name(chosen: random.Random) -> str:
    return "".join(chosen.choices(SYLLABLES, k=chosen.randrange(2, 4))).capitalize()
