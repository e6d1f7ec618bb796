"""Archives what was fetched."""

from typing import Any, ClassVar

from streamparse import Bolt, Stream

from spindrift.clock import Clock, SystemClock
from spindrift.conf import Settings
from spindrift.tasks import task_position
from spindrift.warc.capture import Capture
from spindrift.warc.writer import ArchiveWriter


class WARCBolt(Bolt):
    """Writes each visit to WARC files, gzipped by record: request and response, or resource, and metadata.

    In: url, content (bytes, decoded), metadata, and status: the fetcher's streams `archive` and `aside`, which together
    have all that was answered. A visit goes on once its records are on the disk: with a status on `status` (url,
    metadata, status), with an empty one as a page (url, content, metadata). So whatever has become of a fetch, the
    archive has it. Tuples without the field status go no further; those may also be the fetcher's pages alone.

    For responses with their headers, set `http.store.headers`. Reads warc.path, warc.prefix, warc.max.size,
    warc.max.age, warc.metadata.keys, protocol.md.prefix, metrics.report (the metric `archive`: trouble, why nothing can
    be written).

    A tuple is acked when its records are on the disk, and fails when they could not be written. Files are called
    `.open` while they are written; what a killed process has left is completed at the next start.
    """

    outputs: ClassVar[list[Stream]] = [
        Stream(fields=["url", "content", "metadata"]),
        Stream(fields=["url", "metadata", "status"], name="status"),
    ]
    auto_ack = False

    clock: Clock = SystemClock()

    def initialize(self, conf: dict[str, Any], ctx: dict[str, Any]) -> None:
        settings = Settings(conf)
        task, _tasks = task_position(ctx)
        self._metrics = settings.flag("metrics.report")
        self._writer = ArchiveWriter.from_settings(settings, task=task, clock=self.clock, on_trouble=self._report)

    def process(self, tup: Any) -> None:
        url, content, metadata = tup.values[:3]
        self._writer.write(Capture(url, content, metadata), lambda error: self._finish(tup, error))

    def cleanup(self) -> None:
        """Complete the file. Called by the embedded runner at the end, as Storm does with Java bolts."""
        self._writer.close()

    def _report(self, trouble: str) -> None:
        """In the writer's thread."""
        if self._metrics:
            self.report_metric("archive", {"trouble": trouble})

    def _finish(self, tup: Any, error: BaseException | None) -> None:
        """In the writer's thread."""
        if error is not None:
            self.fail(tup)
            return
        url, content, metadata, *statuses = tup.values
        for status in statuses:
            if status:
                self.emit([url, metadata, status], stream="status", anchors=[tup])
            else:
                self.emit([url, content, metadata], anchors=[tup])
        self.ack(tup)
