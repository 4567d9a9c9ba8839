"""The page to step through in Chromium and in Firefox, used from a page beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from handout.browsers import BROWSERS, complaints, is_there, told
from running import Symback
from sampling import sample
from teaching.test_page import HOSTILE, MAZUR, STATED

SCRIPT = (Path(__file__).parent / "drive.js").read_text("utf-8")
BEFORE, AFTER = 0.2983711087600027, 0.28047144679143016


@pytest.mark.parametrize("browser", sample(BROWSERS, 1, seed=5))
def test_it_is_stepped_through_and_changed(
    symback_command: Symback, browser: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_there(browser):
        pytest.skip(f"{browser} is not installed")
    monkeypatch.chdir(tmp_path)
    Path("mazur.toml").write_text(MAZUR, "utf-8")
    done = symback_command("page", *STATED, "--values", "mazur.toml", "-o", "step.html")
    assert done == (0, "", "")
    page = Path("step.html").read_text("utf-8")
    plan = {"fragments": list(HOSTILE), "broken": "#x_1=0.25"}
    said, console = told(browser, [page], plan, SCRIPT, 120)
    used, bare = said["used"], said["bare"]
    assert used["agrees"] == "54/54"
    assert (used["alarm"], used["panel"]) == (False, True)
    assert (used["beyond"], used["unnamed"]) == (0, 0)
    assert used["moved"]
    assert used["back"]
    assert "0.2805" in used["last"]
    assert float(used["descended"]) == pytest.approx(AFTER, abs=1e-14)
    assert float(used["changed"]) == pytest.approx(-0.5 * 0.15 + 0.1 * 0.2 + 0.35, abs=1e-15)
    assert (used["invalid"], used["kept"]) == ("true", used["changed"])
    assert "x_1=-0.5" in used["fragment"]
    assert used["printed"] == [False, True]
    assert (bare["panel"], bare["empty"]) == (False, 0)
    assert bare["rows"] > 30
    assert [images for _, images in said["hostile"]] == [0] * len(HOSTILE)
    for loss, _ in said["hostile"]:
        assert float(loss) == pytest.approx(BEFORE, abs=1e-15)
    # The known-bad twin: a fragment that is right is not ignored.
    assert float(said["broken"]) == pytest.approx(0.25 * 0.15 + 0.1 * 0.2 + 0.35, abs=1e-15)
    # That the frame without script has none is what is asked.
    assert [line for line in complaints(console) if "sandboxed" not in line] == []
