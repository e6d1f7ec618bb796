"""Configuration: every key is declared once (`conf.keys`), layered (`conf.layers`) and read typed (`Settings`)."""

from spindrift.conf.key import Key, KeyFamily, Kind, Value
from spindrift.conf.keys import FAMILIES, KEYS
from spindrift.conf.settings import Settings, key_for, parse_value

__all__ = ["FAMILIES", "KEYS", "Key", "KeyFamily", "Kind", "Settings", "Value", "key_for", "parse_value"]
