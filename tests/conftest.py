"""What tests share."""

from __future__ import annotations

import pytest
from hypothesis import settings
from running import Done, Symback

from symback.cli.app import run

# No test may fail because the machine is busy.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def symback_command(capsys: pytest.CaptureFixture[str]) -> Symback:
    """Run the command line in this process."""

    def command(*arguments: str) -> Done:
        code = run(arguments)
        out, err = capsys.readouterr()
        return Done(code, out, err)

    return command
