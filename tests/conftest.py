"""What tests of the command line share."""

from __future__ import annotations

import pytest
from running import Done, Symback

from symback.cli.app import run


@pytest.fixture
def symback_command(capsys: pytest.CaptureFixture[str]) -> Symback:
    """Run the command line in this process."""

    def command(*arguments: str) -> Done:
        code = run(arguments)
        out, err = capsys.readouterr()
        return Done(code, out, err)

    return command
