"""The page that lets people try symback where nothing can be installed, in a real browser."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.whole
@pytest.mark.skipif(not shutil.which("npm"), reason="npm is not installed")
@pytest.mark.skipif(not shutil.which("chromium"), reason="Chromium is not installed")
def test_it_derives_and_decides_without_a_request_elsewhere(tmp_path: Path) -> None:
    folder, driver = tmp_path / "try", tmp_path / "driver"
    subprocess.run([sys.executable, ROOT / "docs/_site/browser.py", folder], check=True)
    driver.mkdir()
    install = ["npm", "install", "--no-save", "--ignore-scripts", "--silent", "playwright-core@1"]
    subprocess.run(install, cwd=driver, check=True)
    shutil.copy(ROOT / "tests/browser/try.mjs", driver)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        done = subprocess.run(
            ["node", "try.mjs", f"http://127.0.0.1:{server.server_port}/"],
            cwd=driver, capture_output=True, text=True, timeout=400,
        )  # fmt: skip
    finally:
        server.shutdown()
        server.server_close()
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["outside"], found["complaints"], found["wide"]) == ([], [], False)
    shown = found["shown"]
    assert shown["2,2,2"]["formulas"] > 50
    assert shown["equations"]["formulas"] > 10
    assert "REFUTED" in shown["a document"]["text"]
    assert shown["a document"]["formulas"] == 2  # the line and its repair, above their sources
    assert shown["a right formula"]["text"].startswith("PROVED")
    assert shown["one with a slip"]["text"].startswith("REFUTED")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass
