"""Every configuration that a page about connecting shows is one that `zegel watch` understands."""

import re
from pathlib import Path

import pytest

from tests.certificates import make_certificate
from tests.command_line import zegel_here
from tests.real_round import PAGES, blocks_of

CONFIGURED = sorted(
    page.stem
    for page in PAGES.glob("*.md")
    if any("[[source]]" in block for block in blocks_of(page.stem, "toml"))
)

CHAINS = r'"[^"]+\.pem"'


@pytest.mark.parametrize("page", CONFIGURED)
def test_every_configuration_of_a_page_is_understood(home: Path, tmp_path: Path, page: str) -> None:
    """Whoever copies it would get an error, and nothing would be watched."""
    shown = [block for block in blocks_of(page, "toml") if "[[source]]" in block]
    chain, key, _ = make_certificate(tmp_path)
    for number, block in enumerate(shown):
        config = tmp_path / f"{number}.toml"
        config.write_text(re.sub(r'"[^"]+\.key"', f'"{key}"', re.sub(CHAINS, f'"{chain}"', block)))
        checked = zegel_here("--home", home, "watch", "--check", config)
        assert checked.returncode == 0, checked.stderr
        assert len(checked.stdout.splitlines()) == block.count("[[source]]")


def test_pages_about_connecting_show_configurations() -> None:
    """The test above would look at nothing."""
    assert {"openssh", "syslog"} <= set(CONFIGURED)
