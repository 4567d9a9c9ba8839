"""Where pages break: none is left white where the next part would begin, no heading is alone."""

import json
import re
from collections import defaultdict
from functools import cache
from itertools import product

import pytest
from handout.handouts import text
from sampling import sample

import symback
from symback.calculus import derive
from symback.cli.app import run
from symback.model.language.sources import library_text
from symback.model.network import Network
from symback.notation import NOTATIONS
from symback.rendering.handout import write_handout
from symback.verification import verify

HEIGHT, BOTTOM = 842, 842 - 68
"""A page in points, and where its text ends."""

PLACES = """
#context [#metadata((
  headings: query(heading).map(it => (it.location().page(), it.location().position().y.pt())),
  formulas: query(math.equation).map(it => (it.location().page(), it.location().position().y.pt())),
  conventions: query(heading).filter(it => it.body == [Conventions])
    .map(it => it.location().page()),
  numbered: query(heading).filter(it => it.numbering != none).map(it => it.level),
))<places>]
"""


def places(source):
    typst = pytest.importorskip("typst", reason="the typst package is not installed")
    found = typst.query(
        (source + PLACES).encode(), "<places>", field="value", one=True, ignore_system_fonts=True
    )
    return json.loads(found)


def white(source):
    """How much of each page is white at its end, up to the conventions; words alone follow."""
    found = places(source)
    filled = defaultdict(float)
    for page, y in found["headings"] + found["formulas"]:
        filled[page] = max(filled[page], y)
    end = found["conventions"][0]
    return {page: (BOTTOM - y) / HEIGHT for page, y in filled.items() if page < end}


@pytest.mark.spread
@pytest.mark.parametrize("name", ["generic", "regression", "classifier", "wide"])
def test_no_page_is_left_white(name):
    assert max(white(text("typst", name)).values()) < 0.2


def test_groups_that_may_not_be_torn_would_leave_pages_white():
    source = text("typst", "deep", "full")
    torn = source.replace("sticky: tied and pair.len() == 2 and pair.sum() < 120pt", "sticky: true")
    assert sum(white(torn).values()) > sum(white(source).values())


def test_sections_alone_are_numbered():
    source = text("typst", "classifier")
    rule = "#show heading.where(level: 3): set heading(numbering: none)"
    assert set(places(source)["numbered"]) == {2}
    assert set(places(source.replace(rule, ""))["numbered"]) == {2, 3}


def lowest(source):
    """The lowest place of a heading, wherever the pages happen to break."""
    moved = [source.replace("= Forward", f"#v({gap}pt)\n\n= Forward") for gap in range(0, 300, 50)]
    return max(y for each in moved for _, y in places(each)["headings"])


def test_no_heading_ends_a_page():
    assert lowest(text("typst")) < BOTTOM - 40


def test_headings_that_are_not_tied_would_end_a_page():
    assert lowest(text("typst").replace("sticky: true", "sticky: false")) > BOTTOM - 40


ENDS = """
#context [#metadata((
  pages: counter(page).final().first(),
  table: locate(<dictionary>).page(),
  row: locate(<dictionary-end>).page(),
  drawing: query(<drawing>).map(it => (it.location().page(), it.location().position().y.pt())),
  end: locate(<dictionary-end>).position().y.pt(),
))<ends>]
"""


def general(name):
    """The handout of a model of the library."""
    return set_of(symback.read_model(library_text(name)))


def set_of(stated, **options):
    derivation = derive(stated)
    written = write_handout("typst", derivation=derivation, report=verify(derivation), **options)
    return written.content.decode()


def ends(source):
    typst = pytest.importorskip("typst", reason="the typst package is not installed")
    asked = (source + ENDS).encode()
    found = typst.query(asked, "<ends>", field="value", one=True, ignore_system_fonts=True)
    return json.loads(found)


def changed(source, old, new):
    assert old in source
    return source.replace(old, new)


@pytest.mark.parametrize(("name", "ways"), [("tied-autoencoder", "()"), ("bishop", "(beside,)")])
def test_short_parts_at_the_end_take_no_page_of_their_own(name, ways):
    source = (
        general(name) if name == "tied-autoencoder" else text("typst", notation=NOTATIONS[name])
    )
    loose = changed(source, "(under, beside, before).find(fits)", f"{ways}.find(fits)")
    assert ends(source)["pages"] < ends(loose)["pages"]


def test_headings_before_short_parts_are_headings():
    source = changed(general("gru"), "(under, beside, before).find(fits)", "before")
    source = changed(source, "room > 15cm or fits(above)", "false")
    assert places(source)["numbered"] == places(general("gru"))["numbered"]


SHOWN = """#show heading.where(level: 2): it => {
  it
  context [#metadata(counter(heading).display(it.numbering))<shown>]
}
= """


def shown(source):
    """The numbers of the headings, as they stand in the last of the layouts."""
    typst = pytest.importorskip("typst", reason="the typst package is not installed")
    asked = source.replace("\n= ", "\n" + SHOWN, 1).encode()
    found = typst.query(asked, "<shown>", field="value", ignore_system_fonts=True)
    return re.findall(r'"text": "(\d+)"', json.dumps(json.loads(found)))


def test_headings_are_numbered_in_order_whatever_layouts_were_tried():
    """In one of them a heading that is measured as well was once counted as the last."""
    source = text("typst", notation=NOTATIONS["nielsen"])
    assert shown(source) == [*"12345678"]
    last = changed(source, "numbering: (..) => shown(number)", "numbering: (..) => shown(8)")
    assert shown(last) == [*"12345888"]


BATCH = Network((2, 3, 1), ("tanh", "sigmoid"), "binary-cross-entropy", batch=True)


TABLES = """
#context [#metadata(query(<row>).map(it => (it.value, it.location().page())))<tables>]
"""
LINES = "..some.flatten(),"
MARKED = """..some.map(((name, ..others)) => (
  [#metadata(repr(some.first()))<row>#name], ..others)).flatten(),"""


def pages_of_tables(source):
    """The pages that each table of notation stands on; its rows of quantities tell it."""
    typst = pytest.importorskip("typst", reason="the typst package is not installed")
    asked = (changed(source, LINES, MARKED) + TABLES).encode()
    found = typst.query(asked, "<tables>", field="value", one=True, ignore_system_fonts=True)
    pages = defaultdict(set)
    for table, page in json.loads(found):
        pages[table].add(page)
    return list(pages.values())


NOTED = {
    "batched": ((2, 3, 1), ("tanh", "sigmoid"), "binary-cross-entropy"),
    "three": ((2, 5, 5, 1), ("silu", "silu", "identity"), "half-squared-error"),
    "four": ((10, 8, 6, 4, 2), ("tanh", "tanh", "tanh", "sigmoid"), "half-squared-error"),
}


@cache
def noted(name, notation):
    if name in NOTED:
        return set_of(Network(*NOTED[name], batch=True), notation=NOTATIONS[notation])
    return general(name)


PAIRED = [*sample(list(product(NOTED, NOTATIONS)), 4)]


@pytest.mark.spread
@pytest.mark.parametrize(
    ("name", "notation"),
    [*PAIRED, *((name, "") for name in ("lstm", "transformer-block", "attention", "batch-norm"))],
)
def test_no_table_of_notation_is_torn(name, notation):
    pages = pages_of_tables(noted(name, notation))
    assert len(pages) in (1, 2)
    assert all(len(table) == 1 for table in pages)


def test_tables_that_may_be_torn_are():
    source = changed(noted("lstm", ""), "breakable: not whole", "breakable: true")
    source = changed(source, "if roomy == ()", "if true")
    assert any(len(table) > 1 for table in pages_of_tables(source))


def test_a_table_takes_the_page_that_its_drawing_would_cut_it_from():
    """Attention: the drawing first would leave half of the table for the next page."""
    kept = ends(noted("attention", ""))
    assert kept["row"] < kept["drawing"][0][0]
    first = changed(noted("attention", ""), "left < 90pt", "true")
    assert ends(first)["drawing"][0][0] < ends(first)["row"]


def test_letters_above_and_below_keep_their_room():
    """These are half as high again as the size of the text; more, with an index of an index."""

    def closest(source):
        ways = re.search(r"\n  ways: \((.*)\),\n", source)[1]
        rows = [tuple(map(float, way)) for way in re.findall(r"\(([\d.]+)pt, ([\d.]+)pt,", ways)]
        return min((0.684 * size + 2 * gap) / size for size, gap in rows)

    assert min(closest(set_of(BATCH)), closest(general("lstm"))) >= 1.5
    assert closest(set_of(Network((2, 2, 2, 2)), notation=NOTATIONS["mazur"])) >= 1.65
    assert closest(general("batch-norm")) < 1.5
    plain = general("batch-norm")
    assert "(9pt, 1.9pt, 1.9pt)" in plain, "where letters have nothing above they may stand closer"


def test_a_drawing_follows_the_table_that_goes_before_it():
    lstm = noted("lstm", "")
    kept = ends(lstm)
    assert kept["table"] < kept["row"]
    assert kept["drawing"][0] == [kept["row"], kept["end"]]
    loose = ends(changed(lstm, "if takes + 8pt < bottom - end { none } else { auto }", "auto"))
    assert loose["drawing"][0] > [loose["row"], loose["end"]]


WIDTHS = """
#context [#metadata((
  inside: measure($#worded[#m("s", $sigma'$);\\, #m("t", $tau'$); in terms]$).width.pt(),
  outside: measure(text(size: 0.88em)[#m("s", $sigma'$);\\, #m("t", $tau'$); in terms]).width.pt(),
))<widths>]
"""


def test_a_reason_keeps_the_spaces_beside_its_formulas():
    typst = pytest.importorskip("typst", reason="the typst package is not installed")

    def widths(source):
        asked = (source + WIDTHS).encode()
        found = typst.query(asked, "<widths>", field="value", one=True, ignore_system_fonts=True)
        return json.loads(found)

    source = text("typst")
    assert widths(source)["inside"] == pytest.approx(widths(source)["outside"], abs=0.1)
    bare = changed(source, "= box(text(size: 0.88em, reason))", "= text(size: 0.88em, reason)")
    assert widths(bare)["inside"] < widths(bare)["outside"] - 1


ENDINGS = ("attention", "neural-ode", "gan-critic", "gan-generator", "tied-embedding",
           "tied-autoencoder")  # fmt: skip


@pytest.mark.parametrize("name", sample(ENDINGS, 4))
def test_no_model_takes_a_page_for_its_last_lines(name, capsys):
    assert run(["handout", "--model", name, "--format", "typst"]) == 0
    source = capsys.readouterr().out
    assert ends(source)["pages"] == (3 if name == "attention" else 2)
    loose = changed(source, "(under, beside, before).find(fits)", "().find(fits)")
    assert ends(loose)["pages"] == (4 if name == "attention" else 3)


def test_short_lines_of_a_derivative_stand_together_with_their_reasons():
    assert "quotient rule; 1 added and taken away; by definition" in general("tied-autoencoder")
    # Of a network there is a line for each step.
    network = derive(Network((1, 1), ("sigmoid",), "half-squared-error"))
    made = write_handout("typst", derivation=network, report=None).content.decode()
    assert "quotient rule, " not in made
    assert "quotient rule;" not in made
    assert "quotient rule" in made


def test_a_definition_is_not_parted_from_what_is_derived_of_it():
    source = general("perceptron")
    loose = source.replace("#block(sticky: true)[\n#chain", "#block[\n#chain")
    assert source != loose

    def lower(text, by):
        return places(text.replace("\n= The functions", f"\n#v({by}pt)\n= The functions"))

    # Wherever the functions begin: somewhere a page would end behind the definition.
    downs = range(0, 700, 25)
    assert any(lower(source, by)["formulas"] != lower(loose, by)["formulas"] for by in downs)


def test_the_derivative_of_a_function_behind_a_stop_is_not_worked_out():
    assert "tanh prime of z" not in general("gan-critic")
    assert "tanh prime of z" in general("gan-generator")


def test_a_row_without_a_matrix_form_beside_it_takes_its_room():
    (row,) = (line for line in general("rnn").splitlines() if line.startswith("    (11, "))
    index = row[row.index("$ frac") : row.index(" $, (")]
    assert index.count(" = ") == 1
    assert "\n" not in index  # with a matrix form beside it there would be two lines
    (narrow,) = (line for line in general("rnn").splitlines() if line.startswith("    (10, "))
    assert narrow.count(" &= ") == 1


def test_a_line_that_cannot_be_broken_is_no_wider_than_the_text(capsys):
    typst = pytest.importorskip("typst", reason="the typst package is not installed")
    asked = ["--model", "layer-norm", "--numbers", "tidy", "--notation", "row-vector"]
    assert run(["handout", *asked, "--format", "typst"]) == 0
    source = capsys.readouterr().out
    share = "calc.min(1, (room"
    assert share in source

    def ends(source):
        """How far to the right the longest value of a root ends."""
        probe = "let rhs = if share"
        marked = source.replace(
            probe, "[#metadata((share * measure(right).width + widest).pt())<r>]; " + probe
        )
        found = typst.query((marked).encode(), "<r>", field="value", ignore_system_fonts=True)
        return max(json.loads(found))

    room = 166 / 25.4 * 72 - 15
    assert ends(source) <= room
    assert ends(source.replace(share, "calc.max(1, (room")) > room


DEPTHS = """
#context [#metadata((
  measure(worded[x #box(baseline: 0.45em, height: 0.45em)]).height.pt(),
  measure(worded[x]).height.pt(),
))<deep>]
"""


def sides(source):
    """How many conventions stand in each of two columns."""
    grid = source[source.index("#grid(columns: (1fr, 1fr)") :]
    return [len(re.findall("^- ", side, re.M)) for side in grid.split("\n])\n")[0].split("], [")]


def test_conventions_stand_in_two_columns_that_are_about_as_full():
    """Of two ways that are as high the first column has more, as where they are one."""
    assert sides(text("typst")) == [2, 2]


def test_a_reason_below_a_formula_is_nearer_to_it_than_to_the_next():
    source = set_of(BATCH, notation=NOTATIONS["deeplearning.ai"], detail="full")
    # The last of a chain has no next.
    below = re.findall(r" \\\n    & #why\[(.*)\] \$\),\n +\(", source)
    assert below
    assert all(reason.endswith("#box(baseline: 0.45em, height: 0.45em)") for reason in below)

    def heights(source):
        typst = pytest.importorskip("typst", reason="the typst package is not installed")
        asked = (source + DEPTHS).encode()
        return typst.query(asked, "<deep>", field="value", one=True, ignore_system_fonts=True)

    deep, plain = json.loads(heights(source))
    assert deep > plain + 2


def test_where_parts_at_the_end_hardly_have_room_their_headings_keep_their_place(capsys):
    network = ["--layers", "2,3,1", "--activations", "tanh,identity"]
    network += ["--loss", "half-squared-error"]
    asked = [*network, "--weight-decay", "0.1", "--notation", "nielsen", "--numbers", "tidy"]
    assert run(["handout", *asked, "--format", "typst"]) == 0
    source = capsys.readouterr().out
    squeezed = changed(source, "(under, beside, before)", "(beside, before)")
    loose = changed(source, "(under, beside, before).find(fits)", "none")
    assert ends(source)["pages"] == ends(squeezed)["pages"] < ends(loose)["pages"]

    def tops(source):
        found = places(source)["headings"]
        return [y for page, y in found if page == found[-1][0]]

    assert tops(source)[-1] - tops(source)[-3] > tops(squeezed)[-1] - tops(squeezed)[-3]


@pytest.mark.parametrize("notation", ["founding", "row-vector"])
def test_the_table_of_claims_leaves_no_page_with_a_few_of_its_lines(notation):
    source = text("typst", "generic", "full", notation=NOTATIONS[notation])
    loose = changed(source, "last(way) > whole * 0.3", "true")
    assert ends(source)["pages"] < ends(loose)["pages"]


def test_entries_of_which_the_same_was_proved_are_told_in_one_row():
    source = text("typst", "generic", "full")
    rows = [line for line in source.splitlines() if "29 steps" in line]
    assert len(rows) == 1
    assert rows[0].count("#m(") == 2


def test_a_deep_network_carries_to_the_loss_what_repeats_nothing():
    ten = set_of(Network((2,) * 8), notation=NOTATIONS["mazur"])
    carried = ten[ten.index("= All gradients") : ten.index("= Conventions")]
    assert "since the rest would only repeat itself" in carried
    sums = [line.count(" sum_(") for line in carried.splitlines() if "$ &=" in line or "&=" in line]
    assert max(sums) == 3
    three = set_of(Network((2,) * 4), notation=NOTATIONS["mazur"])
    assert "since the rest would only repeat itself" not in three
