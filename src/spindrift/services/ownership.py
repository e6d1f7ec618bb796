"""Whose server answers at a port."""

import psutil


def listens(pid: int, port: int) -> bool:
    """Whether a process, or one of its descendants, listens at a port: another's server might answer there.

    Two services that were started at the same moment may both have found the port free.
    """
    try:
        keeper = psutil.Process(pid)
        family = [keeper, *keeper.children(recursive=True)]
    except psutil.NoSuchProcess:
        return False
    return any(_listens(process, port) for process in family)


def _listens(process: psutil.Process, port: int) -> bool:
    try:
        connections = process.net_connections(kind="tcp")
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
    return any(each.status == psutil.CONN_LISTEN and each.laddr.port == port for each in connections)
