"""Values of the configuration, as components read them."""

from spindrift.conf import Settings


def test_one_value_will_do_for_a_list() -> None:
    assert Settings({"metadata.persist": "one"}).texts("metadata.persist") == ["one"]
    assert Settings({"metadata.persist": ["one", "two"]}).texts("metadata.persist") == ["one", "two"]
