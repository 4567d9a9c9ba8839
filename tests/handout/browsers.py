"""Pages as real browsers lay them out: opened in frames of a page that measures them.

The pages are served as they are, under their own policy; a script beside them, of the same origin,
looks into the frames and posts what it found.  No driver is needed.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BROWSERS = ("chromium", "firefox")
_SCRIPT = (Path(__file__).parent / "measure.js").read_text()


def command(browser: str, profile: str, url: str) -> list[str]:
    if browser == "chromium":
        return ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
                f"--user-data-dir={profile}", "--enable-logging=stderr", url]  # fmt: skip
    Path(profile, "user.js").write_text('user_pref("browser.shell.checkDefaultBrowser", false);')
    return ["firefox", "--headless", "--no-remote", "--profile", profile, url]


def measured(
    browser: str, pages: Mapping[str, str], widths: Sequence[int], seconds: float = 60
) -> tuple[dict[tuple[str, int], dict], list[str]]:
    """What a browser makes of each page at each width of its window, and what its console says.

    Returns:
        By name and width what ``measure.js`` found; the console's lines, where they are told.
    """
    names = list(pages)
    plan = {"pages": len(names), "widths": list(widths)}
    answer, console = told(browser, [pages[name] for name in names], plan, _SCRIPT, seconds)
    found = {(names[at["page"]], at["width"]): at for at in answer["found"]}
    assert len(found) == len(names) * len(widths)
    return found, console


def told(
    browser: str, pages: Sequence[str], plan: dict, script: str, seconds: float = 60
) -> tuple[dict, list[str]]:
    """What a script posts that looks into frames of some pages, and what the console says.

    Args:
        browser: one of `BROWSERS`.
        pages: served as ``/0``, ``/1``, …
        plan: the script's constant ``PLAN``.
        script: of the page that holds the frames.
        seconds: so long it may take.
    """
    answer: list[dict] = []
    done = threading.Event()

    def tell(found: dict) -> None:
        answer.append(found)
        done.set()

    head = f"<!DOCTYPE html><meta charset=utf-8><script>const PLAN = {json.dumps(plan)};"
    host = f"{head}{script}</script>"
    files = {"/": host, **{f"/{place}": page for place, page in enumerate(pages)}}
    with (
        _served(files, tell) as url,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        tempfile.TemporaryFile("w+") as log,
    ):
        running = subprocess.Popen(
            command(browser, profile, url), stdout=log, stderr=log, start_new_session=True
        )
        try:
            in_time = done.wait(seconds)
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(20)
        log.seek(0)
        console = [line for line in log.read().splitlines() if "CONSOLE" in line]
    assert in_time, f"{browser} did not answer within {seconds} s"
    assert "error" not in answer[0], answer[0]
    return answer[0], console


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, files, tell, *rest) -> None:
        self.files, self.tell = files, tell
        super().__init__(*rest)

    def do_GET(self) -> None:
        body = self.files.get(self.path)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((body or "").encode())

    def do_POST(self) -> None:
        said = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()
        self.tell(json.loads(said))

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _served(files: Mapping[str, str], tell) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, files, tell))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def is_there(browser: str) -> bool:
    return shutil.which(browser) is not None


def complaints(console: Sequence[str]) -> list[str]:
    """What a console says of the pages; that no icon is there is our server's affair."""
    return [line for line in console if not re.search("favicon", line)]
