"""The words of the generated web: a subject for each host, so that a search of it finds something sensible."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SUBJECTS: dict[str, tuple[str, ...]] = {
    "lighthouses": _words("lantern keeper tower beacon lens rock foghorn stairs signal oil gallery reef"),
    "tides": _words("tide current estuary ebb flood moon gauge shallows sandbank channel harbour spring"),
    "seabirds": _words("gannet puffin tern cormorant colony nest cliff feather chick migration fulmar wing"),
    "weather": _words("storm gale barometer pressure cloud drizzle forecast squall thunder front fog breeze"),
    "ships": _words("hull keel rudder cargo anchor mast crew captain rigging deck voyage ballast"),
    "kelp": _words("kelp seaweed frond holdfast forest urchin otter alga plankton diver reef nutrient"),
    "maps": _words("chart meridian compass atlas scale surveyor contour projection island legend sounding coast"),
    "fisheries": _words("net trawler herring cod quota catch market boat mackerel bait season shoal"),
    "geology": _words("basalt sediment fossil strata limestone erosion quarry fault glacier mineral shale dune"),
    "astronomy": _words("comet orbit telescope planet eclipse nebula star crater galaxy observatory meteor dust"),
    "radio": _words("antenna frequency receiver transmitter wave operator static broadcast circuit relay noise code"),
    "gardens": _words("orchard seed blossom soil hedge compost greenhouse pruning rose meadow bee shrub"),
}
"""Subject of a host to the nouns of its pages."""

ADJECTIVES = _words(
    "old northern quiet heavy pale broken distant narrow bright salted early forgotten sheltered restless steep "
    "grey careful hollow western gentle tall drifting ancient patient shallow windy hidden warm rough slow"
)
VERBS = _words(
    "follows carries shapes meets guards crosses measures repeats covers reaches turns holds hides marks joins "
    "outlasts reveals feeds answers shadows"
)
PREPOSITIONS = _words("under beside beyond near above behind along against within across")
ADVERBS = _words("slowly often rarely always almost quietly seldom again twice everywhere")
SYLLABLES = _words("ar bel cor dun el fen gal har ith jor kel lan mor nar os pel rin sol tar ul ven wyn yar zet")
"""Names of people and places are made of these: the rare words that every real text has."""
