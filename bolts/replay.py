"""What a replay has in place of the fetcher and the status updater."""

from typing import Any, cast

from spindrift.bolts.fetch import FetcherBolt
from spindrift.bolts.status import StatusUpdaterBolt
from spindrift.conf import Settings
from spindrift.fetching.engine import FetchEngine
from spindrift.robots.agent import Agent
from spindrift.warc.clock import ArchiveClock
from spindrift.warc.replay_engine import ReplayEngine


class ReplayFetcherBolt(FetcherBolt):
    """Emits what a FetcherBolt has emitted when the URLs were archived; nothing is asked of the network.

    In: url, key, metadata, which names the visit (`replay.visit`). Reads warc.paths besides what FetcherBolt reads.
    """

    def _start(self, settings: Settings, agent: Agent) -> None:
        self._engine = cast(FetchEngine, ReplayEngine(settings, self._deliver))
        self._engine.start()


class ReplayStatusUpdaterBolt(StatusUpdaterBolt):
    """A StatusUpdaterBolt whose time is that of the archive (`replay.time`), so that replays store the same dates."""

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        self.clock = ArchiveClock(Settings(conf).number("replay.time"))
        super().initialize(conf, ctx)
