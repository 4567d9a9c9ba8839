"""Every format tells the same verdicts, and nothing of a user's can break out of it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from importlib.resources import files

import jsonschema
import pytest

from symback.errors import InputError
from symback.reading.statements.verdicts import Status, Witness
from symback.rendering.check import Report, render_answer, render_report
from symback.rendering.check.render import FORMATS

from .samples import MISSING_PRIME, NOTES, judged, refuted, repair, sample, verdict

SCHEMA = json.loads(
    files("symback.rendering.check").joinpath("report.schema.json").read_text("utf-8")
)
LAST = "proved 1 of 5, refuted 2, unread 2"
HOSTILE = (
    "# <script>alert(1)</script> `|` \x1b[31m \u202e %0A::error::\n\n"
    '$$a = b$$\n\n$$a = "<b>" \\&\\q$$\n'
)


def rendered(format: str, *documents, **style) -> str:
    return render_report(Report.of(documents or [sample()]), format, **style)


@pytest.mark.parametrize("format", ["text", "markdown", "html", "github"])
def test_every_format_says_the_last_line_and_the_findings(format: str) -> None:
    said = rendered(format)
    plain = re.sub(r"<[^>]*>", "", said) if format == "html" else said
    assert LAST in plain
    for words in (r"A prime is missing: ", "The command ", r"\bogus", "is not known"):
        assert words in plain
    assert said.endswith("\n")


def test_the_last_line_is_last() -> None:
    for format in ("text", "github"):
        assert rendered(format).splitlines()[-1] == LAST


def test_text_shows_the_line_the_place_the_reason_and_the_repair() -> None:
    block = rendered("text").split("REFUTED\n")[1].split("\n\n")[0]
    assert block.splitlines() == [
        "    $$= g'(y_1) w_{11}^{(2)}$$",
        "              ^",
        "    A prime is missing: y_1' for y_1. At j = 1, k = 2 the left side is 0.25 and",
        "    the right side 0.5.",
        "    Repaired:",
        "    = g'(y_1') w_{11}^{(2)}",
        "            ^",
        "    This is the only repair of its size.",
    ]


def test_what_needs_no_look_takes_one_line() -> None:
    said = rendered("text")
    assert "  3:7  DEFINITION  h_1 = f(h_1')\n" in said
    assert "  w is W (line 11)\n" in said


@pytest.mark.parametrize("width", [40, 57, 80, 200])
def test_text_keeps_to_the_width(width: int) -> None:
    lines = rendered("text", width=width).splitlines()
    assert max(map(len, lines)) <= width


def test_ascii_is_ascii() -> None:
    document = judged("$$ŷ = f(é)$$\n\n$$ŷ = g(ŷ) \\😀$$ 漢\n", "ü.md")
    assert rendered("text", document, ascii=True).isascii()


def test_colour_only_where_it_is_asked_for() -> None:
    assert "\x1b" not in rendered("text")
    assert "\x1b[1;31mREFUTED\x1b[0m" in rendered("text", color=True)


def test_a_document_without_mathematics_says_so() -> None:
    for format in ("text", "markdown", "html", "github"):
        assert "No mathematics was found." in rendered(format, judged("nothing\n"))


def test_a_delimiter_that_does_not_end() -> None:
    document = judged("$$a = b\n\nand then nothing more of it.\n")
    assert "UNCLOSED" in rendered("text", document)
    assert "$$ opens mathematics here and is never closed" in rendered("text", document)
    (problem,) = json.loads(rendered("json", document))["documents"][0]["problems"]
    assert (problem["line"], problem["column"], problem["token"]) == (1, 1, "$$")


def test_json_obeys_its_schema_and_says_all() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    data = json.loads(rendered("json", sample(), judged("nothing", "b.md"), judged("$$a")))
    jsonschema.validate(data, SCHEMA)
    statement = data["documents"][0]["statements"][3]
    assert statement["line"] == 11
    assert statement["latex"] == "g'(y_1') w_{11}^{(2)} = g'(y_1) w_{11}^{(2)}"
    assert statement["verdict"] == "REFUTED"
    assert statement["reading"] == "w is W"
    assert statement["witness"] == {"indices": {"j": 1, "k": 2}, "left": "0.25", "right": "0.5"}
    assert statement["repair"]["latex"] == "= g'(y_1') w_{11}^{(2)}"
    (edit,) = statement["repair"]["edits"]
    assert edit == {
        "line": 11, "column": 11, "end_line": 11, "end_column": 11, "old": "", "new": "'",
    }  # fmt: skip
    assert data["summary"]["words"] == LAST.replace("unread 2", "unread 2, unclosed 1")


def test_an_answer_is_a_statement_of_the_schema() -> None:
    judgement = sample().judgements[3]
    data = json.loads(render_answer(judgement, "json"))
    jsonschema.validate(
        data,
        SCHEMA
        | {
            "$ref": "#/$defs/statement",
            "required": [],
            "type": "object",
            "properties": {},
            "additionalProperties": True,
        },
    )
    assert (data["line"], data["column"]) == (1, 1)
    said = render_answer(judgement, "text")
    assert said.startswith("REFUTED\n    = g'(y_1) w_{11}^{(2)}\n            ^\n")
    assert "Read as: w is W" in said


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def test_html_is_one_page_that_runs_nothing() -> None:
    said = rendered("html", judged(HOSTILE, '<img src="x" onerror=alert(1)>.md'), sample())
    page = _Page()
    page.feed(said)
    assert not {"script", "link", "img", "iframe", "object", "b"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "src"]
    (policy,) = [value for name, value in page.attributes if value and "default-src" in value]
    style = said.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'"
    assert "prefers-color-scheme: dark" in style
    assert "http" not in style
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_html_shows_every_line_of_a_short_document() -> None:
    numbers = re.findall(r'<td class="number">(\d+)</td>', rendered("html"))
    assert numbers == [str(number) for number in range(1, NOTES.count("\n") + 1)]


def test_html_leaves_out_what_lies_between_in_a_long_one() -> None:
    said = rendered("html", judged("$$a = b$$" + "\n" * 5_000 + "$$a = b$$\n"))
    numbers = [int(number) for number in re.findall(r'<td class="number">(\d+)</td>', said)]
    assert numbers == [1, 2, 3, 4999, 5000, 5001]
    assert said.count('class="gap"') == 1


def test_markdown_keeps_code_in_its_spans() -> None:
    said = rendered("markdown", judged("$$a = `b``c | d \\foo$$\n", "a|b_c.md"))
    assert "## a\\|b\\_c\\.md" in said
    assert "| 1 | ```$$a = `b``c \\| d \\foo$$``` | **UNREAD** |" in said


@pytest.mark.parametrize(
    ("path", "property"),
    [("a,b:c%.md", "a%2Cb%3Ac%25.md"), ("x\n::error::.md", "x%0A%3A%3Aerror%3A%3A.md")],
)
def test_annotations_cannot_be_forged(path: str, property: str) -> None:
    text = NOTES.replace(r"\bogus", "\\\x85")
    lines = rendered(
        "github", judged(text, path, by_line={11: refuted(MISSING_PRIME)})
    ).splitlines()
    commands = [line for line in lines if line.startswith("::")]
    assert len(commands) == len(lines) - 1
    for line in commands:
        assert re.match(
            rf"::(error|warning) file={re.escape(property)},line=\d+,col=\d+,title=", line
        )
    assert commands[0].startswith(f"::error file={property},line=11,col=11,title=symback REFUTED::")


def test_a_code_without_a_sentence_is_said_as_it_is() -> None:
    unknown = verdict(
        Status.UNDECIDED,
        reason="never-heard-of",
        arguments={"some-thing": "x"},
        readings=(("odd-reading", {}),),
    )
    said = rendered("text", judged(NOTES, by_line={11: unknown}))
    assert "never heard of (some thing: x)" in said
    assert "odd reading (line 11)" in said


def test_a_sentence_that_lacks_what_it_mentions_is_no_error() -> None:
    lacking = verdict(Status.UNDECIDED, reason="undeclared")
    assert "undeclared" in rendered("text", judged(NOTES, by_line={11: lacking}))


def test_a_repair_that_is_not_the_only_one() -> None:
    one_of_some = refuted(repair("sign", (2, 2, "-"), unique=False, was="g", **{"is": "-g"}))
    said = rendered("text", judged(NOTES, by_line={11: one_of_some}))
    assert "A sign is wrong: -g for g." in said
    assert "Other repairs of the same size are possible." in said


def test_a_relation_alone_on_its_line_is_shown_with_its_formula() -> None:
    text = "$$h = f(x)$$\n\n$$\nh\n=\ng(x)\n$$\n"
    said = rendered("text", judged(text, by_line={5: refuted(witness=Witness({}, "1", "2"))}))
    assert "    h = g(x)\n      ^\n" in said


@pytest.mark.parametrize("format", FORMATS)
def test_two_runs_agree(format: str) -> None:
    assert rendered(format) == rendered(format)


def test_an_unknown_format() -> None:
    with pytest.raises(InputError, match="no format 'docx'"):
        rendered("docx")
