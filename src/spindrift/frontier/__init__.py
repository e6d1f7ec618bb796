"""The frontier: which URLs are known, when they are due, which hosts are to be left alone."""

from spindrift.frontier.protocol import WHOLE, Claim, Frontier, OnDurable, Shard
from spindrift.frontier.records import HostRecord, InjectResult, Said, StatusUpdate, UrlRecord

__all__ = [
    "WHOLE",
    "Claim",
    "Frontier",
    "HostRecord",
    "InjectResult",
    "OnDurable",
    "Said",
    "Shard",
    "StatusUpdate",
    "UrlRecord",
]
