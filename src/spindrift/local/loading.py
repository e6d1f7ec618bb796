"""Loads the `Topology` class of a topology file, the way streamparse does, with errors that say where."""

import importlib.util
import sys
import traceback
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

from streamparse.dsl.topology import Topology, TopologyType

from spindrift.local.errors import TopologyError

_NOT_INHERITED = (
    "; a Topology class does not inherit components: to add some to a topology, use spindrift.wiring.extend"
)


def load_topology(file: Path) -> Any:
    """The first Topology class of a file, which sparse takes, too.

    Its folder and `src` beside that become importable, as streamparse does, and the folder that holds both, for modules
    beside them. Raises TopologyError naming the file, and for a wrong input or grouping the component, stream and
    fields; also where that class is merely imported there, beside others.
    """
    for folder in (file.parent.parent / "src", file.parent, file.parent.parent):
        path = str(folder.resolve())
        if path not in sys.path:
            sys.path.append(path)
    try:
        module = _import(file.resolve())
    except (Exception, SystemExit) as error:  # also a module that thinks it is a program
        raise TopologyError(f"{file}: cannot load the topology: {_described(error, file)}") from error
    found = [value for value in vars(module).values() if isinstance(value, TopologyType) and value is not Topology]
    if not found:
        raise TopologyError(f"{file}: holds no topology; expected a class that inherits from streamparse.Topology")
    first = found[0]
    if first.__module__ != module.__name__ and any(other is not first for other in found):
        package, _, name = first.__module__.rpartition(".")
        raise TopologyError(
            f"{file}: the first topology there, which spindrift run and sparse take, is the imported "
            f"{first.__name__}; import its module instead: from {package or '.'} import {name}"
        )
    return first


def _import(file: Path) -> ModuleType:
    """By its plain name, as on Storm, so that components defined in it can be found by name in other processes."""
    name = file.stem
    try:
        spec = importlib.util.find_spec(name)
    except ValueError:
        spec = None
    if spec is None or spec.origin is None or Path(spec.origin).resolve() != file:
        name = f"topology_{file.stem}"
        spec = importlib.util.spec_from_file_location(name, file)
    if name in sys.modules:
        return sys.modules[name]
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _described(error: BaseException, file: Path) -> str:
    checked = _grouping_check(error.__traceback__)
    if checked is not None:
        component, source, stream, fields = checked
        if stream not in fields:
            declared = ", ".join(fields) or "none"
            return f"component {component} listens to stream {stream!r} of {source}, which declares: {declared}"
        return (
            f"component {component} groups stream {stream!r} of {source}, fields {', '.join(fields[stream])}: {error}"
        )
    hint = _NOT_INHERITED if _misses_components(error) else ""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).name == file.name]
    where = f" (line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{where}{hint}"


def _misses_components(error: BaseException) -> bool:
    """Whether streamparse missed a component in a class, which may well stand in the one that it inherits from."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code if trace is not None else None
    if code is None or not code.co_filename.endswith(str(Path("streamparse", "dsl", "topology.py"))):
        return False
    return isinstance(error, KeyError) or (isinstance(error, ValueError) and "at least one Spout" in str(error))


def _grouping_check(trace: TracebackType | None) -> tuple[str, str, str, dict[str, list[str]]] | None:
    """What streamparse was checking when it raised: its message names neither the component nor what would be right."""
    while trace is not None:
        if trace.tb_frame.f_code.co_name == "clean_spec_inputs":
            seen = trace.tb_frame.f_locals
            spec, stream_id = seen.get("spec"), seen.get("stream_id")
            source = (seen.get("specs") or {}).get(getattr(stream_id, "componentId", None))
            if spec is not None and stream_id is not None and source is not None:
                fields = {name: list(info.output_fields) for name, info in source.outputs.items()}
                return spec.name, source.name, stream_id.streamId, fields
        trace = trace.tb_next
    return None
