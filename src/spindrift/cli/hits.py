"""What a search found, for people."""

from rich.text import Text

from spindrift.cli.numbers import count, moment
from spindrift.cli.output import clean, shown, stderr, stdout
from spindrift.index.documents import Hit, SearchResult

MARKS = ("\x02", "\x03")
"""Around the words that were found: characters that `clean` takes away, so that a page cannot fake them elsewhere."""
_FOUND = "bold black on yellow"


def print_hits(result: SearchResult, query: str, offset: int) -> None:
    """Title, URL and passage of each; the words that were found stand out on a terminal."""
    if not result.hits:
        what = "no more pages" if result.total else "no page"
        hint = "" if result.total or "*" in query else "; word* is any word that begins so"
        stderr().print(shown(f'{what} found for "{query}"{hint}'))
        return
    console = stdout()
    for number, hit in enumerate(result.hits, offset + 1):
        title = Text(f"{number}. ", "dim").append_text(shown(hit.title or "(no title)", "bold"))
        console.print(title)
        console.print(shown(f"   {hit.url}", "cyan"), soft_wrap=True)
        for line in highlighted(hit.snippet).wrap(console, max(console.width - 3, 20)):
            console.print(Text("   ").append_text(line))
        console.print(Text(f"   {_details(hit)}", "dim"))
        console.print()
    last = offset + len(result.hits)
    more = f"; --offset {last} shows more" if last < result.total else ""
    console.print(f"{count(offset + 1)} to {count(last)} of {count(result.total)}{more}", style="dim")


def highlighted(snippet: str) -> Text:
    """A passage in one line, with what stands between `MARKS` set off."""
    text = Text()
    for number, part in enumerate(" ".join(snippet.split()).split(MARKS[0])):
        found, mark, rest = part.partition(MARKS[1])
        if number and mark:
            text.append(clean(found), _FOUND)
            text.append(clean(rest))
        else:
            text.append(clean(part))
    return text


def _details(hit: Hit) -> str:
    parts = [f"fetched {moment(hit.fetched)}"] if hit.fetched else []
    if hit.status:
        parts.append(f"status {hit.status}")
    return ", ".join(parts)
