"""Spouts: one component a file, each a thin Storm skin over the library.

Imported as spindrift.spouts, through the link in src/spindrift.
"""

if __name__ == "spouts":
    # A second copy of every module under another name would have classes that are not the same.
    raise ImportError("import spindrift.spouts, not spouts: this folder is reached through the package only")
