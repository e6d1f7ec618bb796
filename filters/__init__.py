"""URL filters and parse filters: one a file, named in the JSON files of resources/.

Imported as spindrift.filters, through the link in src/spindrift.
"""

if __name__ == "filters":
    # A second copy of every module under another name would have classes that are not the same.
    raise ImportError("import spindrift.filters, not filters: this folder is reached through the package only")
