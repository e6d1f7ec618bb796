"""What all tests share."""

from hypothesis import HealthCheck, settings

# The machines that run these tests are shared: an example that takes long says nothing about the code.
settings.register_profile("spindrift", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("spindrift")
