"""Storm's own keys that the embedded runner reads."""

from spindrift.conf.key import Key, Kind

KEYS = (
    Key("topology.name", Kind.TEXT, None, "Name of the running topology; set by the runner."),
    Key(
        "metrics.report",
        Kind.FLAG,
        False,
        "Components report their metrics to the runner (Storm accepts only metrics registered on its side).",
    ),
    Key("topology.debug", Kind.FLAG, False, "Log every tuple emitted, acked and failed."),
    Key(
        "pystorm.log.level",
        Kind.TEXT,
        "info",
        "What components log from this level on is shown by `spindrift run`: debug, info, warning, error or critical.",
    ),
    Key("pystorm.log.path", Kind.TEXT, None, "Folder for a log file of each component; none: the runner shows it."),
    Key(
        "topology.workers",
        Kind.INTEGER,
        1,
        "Embedded runner: with more than 1, that many component processes run beside the main one.",
        minimum=1,
    ),
    Key(
        "topology.acker.executors",
        Kind.INTEGER,
        1,
        "0 turns tuple tracking off: spout tuples are acked as soon as they are emitted. Storm: one a worker.",
        minimum=0,
    ),
    Key(
        "topology.message.timeout.secs",
        Kind.DURATION,
        300.0,
        "A spout tuple whose tree is not acked in this time is failed and replayed. Storm's default is 30 s.",
        unit="s",
        minimum=0.001,
    ),
    Key(
        "topology.max.spout.pending",
        Kind.INTEGER,
        None,
        "Most un-acked tuples a spout task may have in flight; none: no limit.",
        minimum=1,
    ),
    Key(
        "topology.tick.tuple.freq.secs",
        Kind.DURATION,
        None,
        "Interval of tick tuples; usually set per component.",
        unit="s",
        minimum=0.001,
    ),
    Key(
        "topology.executor.receive.buffer.size",
        Kind.INTEGER,
        32768,
        "Tuples that the queue of a bolt task holds before its producers have to wait.",
        minimum=1,
    ),
    Key(
        "topology.sleep.spout.wait.strategy.time.ms",
        Kind.DURATION,
        1.0,
        "First pause of a spout that emitted nothing; grows while it stays idle.",
        unit="ms",
        minimum=0,
    ),
    Key(
        "topology.subprocess.timeout.secs",
        Kind.DURATION,
        30.0,
        "A component process that does not answer in this time is killed and restarted.",
        unit="s",
        minimum=0.001,
    ),
    Key(
        "topology.local.process",
        Kind.FLAG,
        False,
        "Embedded runner, in a component's own config: its tasks are the ones that run in processes of their own.",
    ),
)
