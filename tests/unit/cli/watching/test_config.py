"""What a watch is told to follow is read whole, and every mistake is named where it stands."""

import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cli.watching.config import WatchConfig, read_watch_config
from formats import FORMATS
from ledger.errors import BadRequest

FILE = 'system = "gateway"\nformat = "openssh"\nfile = "/var/log/auth.log"\n'


def read(folder: Path, *tables: str) -> WatchConfig:
    path = folder / "watch.toml"
    path.write_text("".join(f"[[source]]\n{table}" for table in tables))
    return read_watch_config(path)


def test_every_key_is_read(tmp_path: Path) -> None:
    """A setting would be accepted and have no effect."""
    (source,) = read(
        tmp_path,
        'name = "front-door"\nsystem = "gateway"\nformat = "syslog"\njournal = ["sshd", "sudo"]\n'
        'zone = "Europe/London"\nyear = 2025\nsilent_after = "1d12h"\ncoverage = false\n'
        'programs = { keycloak = "ndjson" }\n',
    ).sources
    assert (source.name, source.system, source.format) == ("front-door", "gateway", "syslog")
    assert (source.medium, source.place, source.journal) == (
        "journal",
        "sshd, sudo",
        ("sshd", "sudo"),
    )
    assert (source.zone, source.year) == (ZoneInfo("Europe/London"), 2025)
    assert (source.silent_after, source.coverage) == (timedelta(hours=36), False)
    assert source.programs == {"keycloak": FORMATS["ndjson"].read}


def test_little_is_enough(tmp_path: Path) -> None:
    """The smallest configuration would be refused, or mean something else."""
    (source,) = read(tmp_path, FILE).sources
    assert (source.name, source.medium, source.place) == (
        "gateway-openssh",
        "file",
        "/var/log/auth.log",
    )
    assert (source.zone, source.year, source.silent_after) == (None, None, None)
    assert source.coverage


def test_only_what_can_be_vouched_for_is_declared_by_itself(tmp_path: Path) -> None:
    """Silence of a network that was cut would be declared to mean that nothing happened."""
    table = 'system = "a"\nformat = "syslog"\n'
    listening, folder = read(
        tmp_path,
        f'name = "x"\n{table}listen = "tcp:127.0.0.1:6514"\n',
        f'name = "y"\n{table}folder = "drop/*.json"\n',
    ).sources
    assert not listening.coverage
    assert not folder.coverage


def test_paths_count_from_the_file(tmp_path: Path) -> None:
    """The same configuration would mean other files in another working directory."""
    (source,) = read(tmp_path, 'system = "a"\nformat = "openssh"\nfile = "logs/auth.log"\n').sources
    assert source.place == str(tmp_path / "logs" / "auth.log")


def test_a_listener_keeps_its_own_keys(tmp_path: Path) -> None:
    """The certificate of a listener would be an unknown key."""
    (source,) = read(
        tmp_path,
        'system = "a"\nformat = "syslog"\nlisten = "tls:127.0.0.1:6514"\ncertificate = "c.pem"\n',
    ).sources
    assert source.options == {"certificate": "c.pem"}


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("", "[[source]] 1: expected one of file, folder, journal, listen, found none of them"),
        (FILE + 'journal = "x"\n', "expected one of file, folder, journal, listen, found file and"),
        (FILE.replace('"openssh"', '"opensh"'), "key format: expected one of ndjson, "),
        (FILE.replace('system = "gateway"\n', ""), "key system: expected a word such as"),
        (FILE.replace("gateway", "zegel.sources"), "key system: expected a system other than"),
        (FILE.replace("gateway", "Gateway"), "found 'Gateway'"),
        (FILE + 'fiel = "x"\n', "key fiel: expected one of name, system, format, zone"),
        (FILE + 'zone = "Europe/Asterdam"\n', "key zone: expected a zone such as"),
        (FILE + "zone = 1\n", "key zone: expected a zone such as Europe/Amsterdam, found 1"),
        (FILE + "year = true\n", "key year: expected a year from 1970 to 9999, found True"),
        (FILE + "year = 12\n", "key year: expected a year from 1970 to 9999, found 12"),
        (FILE + 'silent_after = "a day"\n', "key silent_after: expected a span from 1s to 365250d"),
        (FILE + 'silent_after = "0h"\n', "key silent_after: expected a span from 1s to 365250d"),
        (
            FILE + 'silent_after = "-1d"\n',
            "expected a span from 1s to 365250d, such as 90m, 24h or",
        ),
        (FILE + 'silent_after = "1.5d"\n', "expected a span from 1s to 365250d, such as 90m, 24h"),
        (FILE + 'silent_after = "365251d"\n', "or 7d, found '365251d'"),
        (FILE + 'silent_after = "365250d1s"\n', "or 7d, found '365250d1s'"),
        (FILE + 'silent_after = "99999999999d"\n', "or 7d, found '99999999999d'"),
        (FILE + f'silent_after = "{"9" * 5000}d"\n', "expected a span from 1s to 365250d"),
        (FILE + 'coverage = "yes"\n', "key coverage: expected true or false, found 'yes'"),
        (FILE + "programs = 1\n", "key programs: expected a table such as"),
        (FILE + 'programs = { x = "y" }\n', "key programs.x: expected one of"),
        (FILE.replace('"/var/log/auth.log"', "7"), "key file: expected a text, found 7"),
        (
            'system = "a"\nformat = "openssh"\nfolder = "/var/drop"\n',
            "key folder: expected a pattern of files such as",
        ),
        (
            'system = "a"\nformat = "openssh"\nfolder = "/var/*/x.json*"\n',
            "key folder: expected a pattern of files such as",
        ),
        (
            'system = "a"\nformat = "openssh"\njournal = ["ssh.service", "sudo"]\n',
            "or a list of either, not both",
        ),
        ('system = "a"\nformat = "openssh"\njournal = ["-x"]\n', "key journal: expected a unit"),
    ],
)
def test_a_mistake_is_named_where_it_stands(tmp_path: Path, table: str, expected: str) -> None:
    """The operator would not know which line of the file to mend."""
    with pytest.raises(BadRequest, match=re.escape(expected)) as raised:
        read(tmp_path, table)
    assert str(raised.value).startswith(f"{tmp_path / 'watch.toml'}, [[source]] 1")


def test_two_sources_of_one_name_are_refused(tmp_path: Path) -> None:
    """Both would remember in one place how far they were read."""
    expected = re.escape("[[source]] 2, key name: expected another one than that of")
    with pytest.raises(BadRequest, match=expected):
        read(tmp_path, FILE, FILE)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "expected at least one [[source]] table, found none"),
        ("[source]\n", "expected at least one [[source]] table, found none"),
        ("sorce = 1\n", "expected [[source]] tables only, found 'sorce'"),
        ("source = [1]\n", "[[source]] 1: expected a table, found 1"),
        ("source = \n", "expected TOML, found: "),
    ],
)
def test_what_is_no_configuration_is_refused(tmp_path: Path, content: str, expected: str) -> None:
    """An empty or broken file would be watched without a word."""
    path = tmp_path / "watch.toml"
    path.write_text(content)
    with pytest.raises(BadRequest, match=re.escape(expected)):
        read_watch_config(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The message would be a trace."""
    with pytest.raises(BadRequest, match=r"nothing\.toml: expected a file that can be read"):
        read_watch_config(tmp_path / "nothing.toml")


@pytest.mark.parametrize(("medium", "name"), [("file", "auth.log"), ("folder", "*.log")])
def test_one_file_under_two_names_is_refused(tmp_path: Path, medium: str, name: str) -> None:
    """Each line that cannot be read, each gap and each silence would be told twice."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "auth.log").touch()
    (tmp_path / "other").symlink_to(tmp_path / "real")
    table = 'name = "{0}"\nsystem = "{1}"\nformat = "openssh"\n{2} = "{3}/{4}"\n'
    one = table.format("one", "gateway", medium, "real", name)
    with pytest.raises(BadRequest, match=r"\[\[source\]\] 2, key (file|folder): expected another"):
        read(tmp_path, one, table.format("two", "gateway", medium, "other", name))
    found = read(tmp_path, one, table.format("two", "desk", medium, "other", name))
    assert len(found.sources) == 2
