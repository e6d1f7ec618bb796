"""Groups of consumers in the embedded broker: who is a member, who has which partition, what is finished.

A member is one for as long as it says so again before `expires`; a partition is leased to one member of a group. Each
member takes what nobody has, up to its share, and gives back what is more than its share, when it has committed what
it finished of that: nobody else has to stop for it.
"""

import json
import sqlite3
from collections.abc import Collection, Mapping
from typing import NamedTuple
from zlib import crc32


class Membership(NamedTuple):
    """What a member has, by partition id."""

    held: frozenset[int]
    acquired: frozenset[int]
    """Those of `held` that it had not had just before."""
    surplus: frozenset[int]
    """Those of `held` that others wait for: to be given back."""


def keep_up(
    connection: sqlite3.Connection,
    group: str,
    member: str,
    partitions: Mapping[str, list[int]],
    now: float,
    session: float,
) -> Membership:
    """Be a member for `session` seconds more, take what is free, and learn what to give back; within a transaction."""
    connection.execute("DELETE FROM topic_members WHERE grp = ? AND expires < ?", (group, now))
    connection.execute(
        "INSERT OR REPLACE INTO topic_members VALUES (?, ?, ?, ?)",
        (group, member, json.dumps(partitions), now + session),
    )
    members = {
        name: json.loads(read)
        for name, read in connection.execute("SELECT member, partitions FROM topic_members WHERE grp = ?", (group,))
    }
    leases = dict(connection.execute("SELECT partition, member FROM topic_leases WHERE grp = ?", (group,)).fetchall())
    leases = {partition: name for partition, name in leases.items() if name in members}
    held = frozenset(partition for partition, name in leases.items() if name == member)
    acquired: set[int] = set()
    surplus: set[int] = set()
    for topic, ids in partitions.items():
        share = _share(topic, len(ids), member, [name for name, read in members.items() if topic in read])
        mine = sorted(held.intersection(ids))
        free = [each for each in ids if each not in leases]
        acquired.update(free[: max(share - len(mine), 0)])
        surplus.update(mine[share:])
    connection.executemany(
        "INSERT OR REPLACE INTO topic_leases VALUES (?, ?, ?)", [(group, each, member) for each in sorted(acquired)]
    )
    return Membership(held | acquired, frozenset(acquired), frozenset(surplus))


def _share(topic: str, partitions: int, member: str, members: Collection[str]) -> int:
    """How many of a topic's partitions a member is to have; where they do not divide, other members for other topics
    have one more.
    """
    each, left = divmod(partitions, len(members))
    place = (sorted(members).index(member) + crc32(topic.encode())) % len(members)
    return each + (place < left)


def give_back(connection: sqlite3.Connection, group: str, member: str, partitions: Collection[int]) -> None:
    """Let others have these; within a transaction."""
    connection.executemany(
        "DELETE FROM topic_leases WHERE grp = ? AND member = ? AND partition = ?",
        [(group, member, each) for each in partitions],
    )


def leave(connection: sqlite3.Connection, group: str, member: str) -> None:
    """Be no member any more; within a transaction."""
    connection.execute("DELETE FROM topic_leases WHERE grp = ? AND member = ?", (group, member))
    connection.execute("DELETE FROM topic_members WHERE grp = ? AND member = ?", (group, member))


def commit(connection: sqlite3.Connection, group: str, member: str, offsets: Mapping[int, int]) -> bool:
    """Write what is finished, within a transaction; False, and nothing, if one is not leased to it."""
    leases = connection.execute("SELECT partition FROM topic_leases WHERE grp = ? AND member = ?", (group, member))
    if not offsets.keys() <= {partition for (partition,) in leases}:
        return False
    connection.executemany(
        "INSERT OR REPLACE INTO topic_offsets VALUES (?, ?, ?)",
        [(group, partition, offset) for partition, offset in offsets.items()],
    )
    return True


def committed(connection: sqlite3.Connection, group: str) -> dict[int, int]:
    """What the group has finished, by partition id."""
    rows = connection.execute("SELECT partition, offset FROM topic_offsets WHERE grp = ?", (group,))
    return {int(partition): int(offset) for partition, offset in rows.fetchall()}


def forget(connection: sqlite3.Connection, group: str) -> None:
    """Delete what a group has finished, within a transaction; nothing where it has members."""
    connection.execute(
        "DELETE FROM topic_offsets WHERE grp = ?1 AND NOT EXISTS (SELECT 1 FROM topic_members WHERE grp = ?1)", (group,)
    )
