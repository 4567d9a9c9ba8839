"""The servers, spoken to by real clients over standard input and output."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from running import Symback

from symback.cli.language_server import judged_text
from symback.errors import InputError

lsprotocol = pytest.importorskip("lsprotocol.types")
mcp = pytest.importorskip("mcp")

RIGHT = r"""# Ünïcode 𝄞 first

$$z = w x + b$$
$$a = \tanh(z)$$
$$E = \frac{1}{2} (a - t)^2$$

𝄞 $\frac{\partial E}{\partial w} = (a - t) (1 - a^2) x$
"""
WRONG = RIGHT.replace("(1 - a^2) x", "(1 - a^2) b")
SQUARE = "param w\ninput x\ntarget t\nz = w x\nL = (z - t)^2\n"
BOOK = "\\documentclass{book}\n\\input{forward}\n\\input{backward}\n"
FORWARD = "\\[ z = w x \\]\n\\[ E = \\frac{1}{2} (z - t)^2 \\]\n"
BACKWARD = "\\[ \\frac{dE}{dw} = (z - t) x \\]\n"


def test_an_editor_gets_diagnostics_and_the_repair(tmp_path: Path) -> None:
    asyncio.run(asyncio.wait_for(_edit(tmp_path), 60))


async def _edit(folder: Path) -> None:
    from lsprotocol import types
    from pygls.lsp.client import LanguageClient

    client = LanguageClient("a test", "1")
    heard: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()

    @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def published(parameters: types.PublishDiagnosticsParams) -> None:
        heard.put_nowait(parameters)

    await client.start_io(sys.executable, "-m", "symback", "serve", "--lsp", cwd=Path.cwd())
    await client.initialize_async(types.InitializeParams(types.ClientCapabilities()))
    client.initialized(types.InitializedParams())
    uri = (folder / "notes.md").as_uri()
    client.text_document_did_open(
        types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "markdown", 1, WRONG))
    )
    (finding,) = (await heard.get()).diagnostics
    line = WRONG.split("\n")[6]
    factor = len(line[: line.rindex(" b") + 1].encode("utf-16-le")) // 2
    assert finding.severity is types.DiagnosticSeverity.Error
    assert finding.code == "SB011"  # what a waiver names
    assert (finding.range.start.line, finding.range.start.character) == (6, factor)
    actions = await client.text_document_code_action_async(
        types.CodeActionParams(
            types.TextDocumentIdentifier(uri), finding.range, types.CodeActionContext([finding])
        )
    )
    (action,) = actions
    ((edit,),) = action.edit.changes.values()
    units = line.encode("utf-16-le")
    begin, end = 2 * edit.range.start.character, 2 * edit.range.end.character
    mended = (units[:begin] + edit.new_text.encode("utf-16-le") + units[end:]).decode("utf-16-le")
    assert mended == RIGHT.split("\n")[6]
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(2, uri),
            [types.TextDocumentContentChangeWholeDocument(RIGHT)],
        )
    )
    assert not (await heard.get()).diagnostics
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()


def _frame(method: str, **rest: object) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", "method": method, **rest}).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


@pytest.mark.parametrize(
    ("server", "said"),
    [
        ("--lsp", _frame("initialize", id=1, params={"processId": None, "rootUri": None,
            "capabilities": {}}) + _frame("shutdown", id=2) + _frame("exit")),
        ("--lsp", b""),
        ("--lsp", b"Content-Length: x\r\n\r\n{"),
        ("--mcp", b""),
    ],
    ids=["told to", "closed", "garbage", "closed-mcp"],
)  # fmt: skip
def test_a_server_ends_without_a_complaint(server: str, said: bytes) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "symback", "serve", server],
        input=said, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")


def test_an_assistant_derives_checks_answers_and_emits() -> None:
    asyncio.run(asyncio.wait_for(_assist(), 90))


async def _assist() -> None:
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    server = StdioServerParameters(command=sys.executable, args=["-m", "symback", "serve", "--mcp"])
    async with stdio_client(server) as (reader, writer), ClientSession(reader, writer) as session:
        await session.initialize()
        tools = {tool.name for tool in (await session.list_tools()).tools}
        assert tools == {"derive", "check", "answer", "emit"}

        async def said(name: str, **arguments: object) -> str:
            result = await session.call_tool(name, arguments)
            return "".join(part.text for part in result.content)

        assert "\\delta" in await said("derive", layers="2,2,2")
        assert "REFUTED" in await said("check", document=WRONG)
        assert "REFUTED" not in await said("check", document=RIGHT)
        right = "dL/dW2[1,2] = dL/dyhat[2] * g'(y'[2]) * h[1]"
        assert (await said("answer", formula=right, layers="2,2,2")).startswith("PROVED")
        wrong = right.replace("h[1]", "h[2]")
        assert (await said("answer", formula=wrong, layers="2,2,2")).startswith("REFUTED")
        code = await said(
            "emit", layers="2,2,2", activations="tanh,identity", loss="half-squared-error"
        )
        assert "def loss_and_gradients" in code
        # Any model: of the library, or equations; and what is asked at once is not mixed up.
        assert "def loss_and_gradients" in await said("emit", model="lstm")
        right, wrong = "dL/dw = 2 (w x - t) x", "dL/dw = 2 (w x - t) t"
        both = [said("answer", formula=formula, model=SQUARE) for formula in (right, wrong)]
        widths = range(2, 8)
        several = [said("derive", layers=f"{width},2,1") for width in widths]
        proved, refuted, *derived = await asyncio.gather(*both, *several)
        assert "Proved" in proved
        assert "Wrong" not in proved
        assert "Wrong" in refuted
        assert "Proved" not in refuted
        for width, text in zip(widths, derived, strict=True):
            assert text.startswith(f"# Backpropagation in a {width}\\-2\\-1 network\n")
        # No file is read, not even one that is there.
        assert "no model" in await said("derive", model="pyproject.toml")
        # Bad input is one line, and the server goes on.
        assert "lstm" in await said("derive", model="lsmt")
        assert (await said("derive", layers="2")).startswith("symback: --layers")


def test_a_chapter_is_judged_within_its_book_as_the_editor_shows_it(tmp_path: Path) -> None:
    book = {"symback.toml": 'books = ["book.tex"]\n', "book.tex": BOOK, "forward.tex": FORWARD,
            "backward.tex": BACKWARD}  # fmt: skip
    for name, text in book.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    path = str(tmp_path / "backward.tex")

    def verdicts(text: str, path: str = path) -> list[str]:
        return [entry.verdict for entry in judged_text(path, text).entries]

    assert verdicts(BACKWARD) == ["PROVED"]
    assert verdicts(BACKWARD.replace("= (z", "= -(z")) == ["REFUTED"]
    # A text that is no file yet stands alone, and nothing says what its letters are.
    assert verdicts(BACKWARD, str(tmp_path / "new.tex")) == ["UNDECIDED"]


def test_what_the_baseline_knows_is_no_news_in_the_editor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, symback_command: Symback
) -> None:
    (tmp_path / "symback.toml").write_text('baseline = "known.json"\n', encoding="utf-8")
    notes = tmp_path / "notes.md"
    notes.write_text(WRONG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert symback_command("check", "notes.md", "--update-baseline").code == 0

    def news(text: str) -> list[str]:
        return [
            entry.verdict for entry in judged_text(str(notes), text).entries if entry.is_finding
        ]

    assert news(WRONG) == []
    assert news(WRONG + "\n$$\\frac{\\partial E}{\\partial b} = (t - a) (1 - a^2)$$\n") == [
        "REFUTED"
    ]


def test_settings_that_are_not_right_are_a_diagnostic(tmp_path: Path) -> None:
    (tmp_path / "symback.toml").write_text('notation = "nilsen"\n', encoding="utf-8")
    with pytest.raises(InputError, match="nielsen"):
        judged_text(str(tmp_path / "notes.md"), RIGHT)


def test_one_of_the_two(symback_command: Symback) -> None:
    done = symback_command("serve")
    assert (done.code, done.err) == (2, "symback: say --lsp or --mcp\n")
