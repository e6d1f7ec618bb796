"""A process that reads a topic, and may be killed: `python -m tests.broker.killed_reader CONF TOPIC FILE`.

It writes the value of each record to FILE, a line each, before it says that the record is finished; in any order.
"""

import json
import os
import random
import sys

from spindrift.broker import Record, open_broker
from spindrift.broker.subscription import ReadAhead, Subscription
from spindrift.clock import SystemClock
from spindrift.conf import Settings

_AT_ONCE = 500


def main() -> None:
    """Until it is killed."""
    conf, topic, path = json.loads(sys.argv[1]), sys.argv[2], sys.argv[3]
    settings = Settings(conf)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    with open_broker(settings) as opened:
        subscription = Subscription(
            lambda listener: opened.broker.consumer([topic], "readers", listener=listener),
            ReadAhead(records=5000, uncommitted=100_000, commit_interval=0.1),
            SystemClock(),
        )
        subscription.start()
        records: list[Record] = []
        while True:
            record = subscription.take()
            if record is not None:
                records.append(record)
            if len(records) >= _AT_ONCE or record is None:
                random.shuffle(records)
                # Those that are left wait behind others that are finished.
                now, records = records[len(records) // 4 :], records[: len(records) // 4]
                os.write(file, b"".join((each.value or b"") + b"\n" for each in now))
                for each in now:
                    subscription.finish(each)
            if record is None:
                subscription._closing.wait(0.01)


if __name__ == "__main__":
    main()
