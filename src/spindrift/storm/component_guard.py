"""Components on Storm behave as on the embedded runner: in each component's process, before its class is made.

Storm starts `streamparse_run MODULE.CLASS`. With the first import of anything of spindrift's in there, by the
component's module, `guard_components` puts our serializer in the place of pystorm's and mends what pystorm leaves out.
Components need no base class for it.
"""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

import pystorm.component
from pystorm.bolt import BatchingBolt, Bolt
from pystorm.exceptions import StormWentAwayError
from pystorm.spout import Spout

from spindrift.local.last_call import make_last_call
from spindrift.storm.serializers import StormSerializer


def guard_components() -> None:
    """See above.

    A component that raises fails its tuple, reports, and goes on; pystorm would end the process, and with it Storm the
    whole worker. So does one that calls `sys.exit`, as on the embedded runner. A metric that it reports is logged at
    debug level: Storm ends the worker for one that no Java class has registered. Its last call (`cleanup` of bolts,
    `close` of spouts) is made when Storm ends it, or is gone.
    """
    pystorm.component._SERIALIZERS.update(json=StormSerializer, msgpack=StormSerializer)
    pystorm.component.Component.exit_on_exception = False
    for cls in (Bolt, BatchingBolt, Spout):
        cls._run = _going_on(cls._run)
    pystorm.component.Component.report_metric = _log_metric
    pystorm.component.Component._exit = _exit
    signal.signal(signal.SIGTERM, _go_away)


def _going_on(run: Callable[[Any], None]) -> Callable[[Any], None]:
    """One turn of a component's loop, which goes on after an Exception only."""

    def turn(self: Any) -> None:
        try:
            run(self)
        except (Exception, KeyboardInterrupt):
            raise
        except BaseException as error:
            if os.getpid() != self.pid:
                raise  # a process that the component forked
            raise RuntimeError(f"{self.component_name} raised {error!r}, which ends no component") from error

    return turn


def _log_metric(self: Any, name: str, value: Any) -> None:
    self.logger.debug("metric %s: %r", name, value)


def _go_away(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the last call takes the time that Storm leaves it
    raise StormWentAwayError


def _exit(self: Any, status_code: int) -> None:
    make_last_call(self)
    with suppress(OSError, ValueError):
        self.serializer.output_stream.flush()
    _exit_at_once(self, status_code)


_exit_at_once = pystorm.component.Component._exit
