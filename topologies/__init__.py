"""Topologies: wiring only, one a file.

Imported as spindrift.topologies, through the link in src/spindrift.
"""

if __name__ == "topologies":
    # A second copy of every module under another name would have classes that are not the same.
    raise ImportError("import spindrift.topologies, not topologies: this folder is reached through the package only")
