"""Which login an SFTP session belongs to."""

from uuid import UUID

from formats.openssh import read
from formats.sftp_logins import SftpLogins
from tests.unit.formats.sources import facts, outcomes

PEER = ("gateway", "anna", "192.0.2.14")
FIRST, SECOND = UUID(int=1), UUID(int=2)


def start(port: int, *, subsystem: str = "sftp") -> str:
    return f"Starting session: subsystem '{subsystem}' for anna from 192.0.2.14 port {port} id 0"


def logged_in() -> SftpLogins:
    """Two logins of one account from one address."""
    logins = SftpLogins()
    logins.logged_in(PEER, "1001", FIRST)
    logins.logged_in(PEER, "1002", SECOND)
    return logins


def test_the_session_that_was_just_started_is_of_that_login() -> None:
    """With which key a file was fetched could not be told."""
    logins = logged_in()
    logins.follow("gateway", start(1002))
    assert logins.claim(PEER) == SECOND
    logins.follow("gateway", start(1001))
    assert logins.claim(PEER) == FIRST


def test_two_sessions_that_wait_together_are_not_told_apart() -> None:
    """A transfer would be laid at the door of another key."""
    logins = logged_in()
    logins.follow("gateway", start(1001))
    logins.follow("gateway", start(1002))
    assert [logins.claim(PEER), logins.claim(PEER)] == [None, None]


def test_after_two_that_were_not_told_apart_the_next_is() -> None:
    """One doubtful moment would leave every later session without its login."""
    logins = logged_in()
    logins.follow("gateway", start(1001))
    logins.follow("gateway", start(1002))
    logins.claim(PEER)
    logins.claim(PEER)
    logins.follow("gateway", start(1001))
    assert logins.claim(PEER) == FIRST


def test_a_session_of_a_login_before_the_log_has_none() -> None:
    """A login would be invented."""
    logins = SftpLogins()
    logins.follow("gateway", start(1001))
    assert logins.claim(PEER) is None
    assert logins.claim(PEER) is None


def test_other_subsystems_and_other_peers_lend_nothing() -> None:
    """A shell would pass for a transfer."""
    logins = logged_in()
    logins.follow("gateway", start(1001, subsystem="netconf"))
    logins.follow("elsewhere", start(1001))
    assert logins.claim(PEER) is None


def test_logins_without_sessions_take_no_more_memory() -> None:
    """A long log of logins would take all memory."""
    logins = SftpLogins()
    for port in range(10_001):
        logins.logged_in(PEER, str(port), UUID(int=port + 1))
        logins.follow(f"host-{port}", start(port))
    logins.follow("gateway", start(0))
    assert logins.claim(PEER) is None
    logins.follow("gateway", start(10_000))
    assert logins.claim(PEER) == UUID(int=10_001)
    assert len(logins._started) <= 10_000


def test_a_transfer_names_the_login_that_led_to_it() -> None:
    """What a stolen key fetched could not be found by the key."""
    log = (
        "Mar 12 06:17:00 g sshd[6]: Accepted publickey for anna from 192.0.2.14 port 1001 ssh2: "
        "ED25519 SHA256:x\n"
        f"Mar 12 06:17:00 g sshd[6]: {start(1001)}\n"
        "Mar 12 06:17:01 g internal-sftp[7]: session opened for local user anna from [192.0.2.14]\n"
        'Mar 12 06:17:02 g internal-sftp[7]: close "/srv/x" bytes read 5 written 0\n'
    )
    login, exchange, delivered = facts(outcomes(read, log))
    assert exchange["causation_id"] == delivered["causation_id"] == login["event_id"]
