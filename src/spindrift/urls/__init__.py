"""URLs: parsed, resolved and normalised as browsers do (WHATWG), their hosts and registered domains.

These functions are called for every link of every page. They never raise for a URL: what cannot be
parsed is None or "".
"""

from spindrift.urls.domains import registered_domain
from spindrift.urls.hosts import host_of
from spindrift.urls.parsing import URLParts, normalize, parse
from spindrift.urls.resolving import joined, resolve

__all__ = ["URLParts", "host_of", "joined", "normalize", "parse", "registered_domain", "resolve"]
