"""Bolts: one component a file, each a thin Storm skin over the library.

Imported as spindrift.bolts, through the link in src/spindrift.
"""

if __name__ == "bolts":
    # A second copy of every module under another name would have classes that are not the same.
    raise ImportError("import spindrift.bolts, not bolts: this folder is reached through the package only")
