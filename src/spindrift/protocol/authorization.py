"""Basic authentication (RFC 7617), to the hosts that a password is for."""

from base64 import b64encode

from spindrift.conf.settings import Settings
from spindrift.errors import ConfigurationError


def credentials_by_host(settings: Settings) -> dict[str, str]:
    """The Authorization header for each host, or host:port, that credentials are given for.

    Keys: http.basicauth.user and .password for the hosts of http.basicauth.hosts; http.basicauth.user.<host> and
    http.basicauth.password.<host>. Raises ConfigurationError where it is not said who may get a password.
    """
    users = {parts["host"] or "": str(user) for parts, user in settings.family("http.basicauth.user.<host>")}
    passwords = {parts["host"] or "": str(word) for parts, word in settings.family("http.basicauth.password.<host>")}
    problems = [
        f"configuration key http.basicauth.password.{host}: there is no http.basicauth.user.{host} beside it"
        for host in passwords
        if host not in users
    ]
    user = settings.text("http.basicauth.user")
    hosts = settings.texts("http.basicauth.hosts")
    if user and not hosts:
        problems.append(
            "configuration key http.basicauth.user: it is not said which hosts may get the password; name them in "
            "http.basicauth.hosts, such as -o http.basicauth.hosts=intranet.example.com"
        )
    if problems:
        raise ConfigurationError(problems)
    if user:
        for host in hosts:
            users.setdefault(host, user)
            passwords.setdefault(host, settings.text("http.basicauth.password"))
    return {host.lower(): basic_authorization(user, passwords.get(host, "")) for host, user in users.items()}


def basic_authorization(user: str, password: str) -> str:
    """The value of an Authorization (or Proxy-Authorization) header (RFC 7617)."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode("ascii")
