"""What a handout says of sizes, costs, indices and claims, beside what would be wrong."""

import re
from dataclasses import replace

import pytest
import sympy
from sampling import sample

import symback
from symback.algebra.expressions import Apply, within
from symback.algebra.formula import parse_formula
from symback.calculus import derive
from symback.model.activations import ACTIVATIONS
from symback.model.equations import Role
from symback.model.language.sources import library_text
from symback.model.network import Network
from symback.notation import NOTATIONS
from symback.printing import Printer
from symback.printing.text import UNICODE
from symback.rendering.handout import write_handout
from symback.rendering.handout.slopes import SLOPES
from symback.verification import verify

FIVE = ("nielsen", "bishop", "ufldl", "deeplearning.ai", "goodfellow")
"""The notations in which a sample is a column."""


def page(what, notation="founding", format="markdown", **options):
    model = what if isinstance(what, Network) else symback.read_model(library_text(what))
    written = write_handout(
        format, derivation=derive(model), report=None, notation=NOTATIONS[notation], **options
    )
    return written.content.decode().replace("\u00a0", " ")


def row(text, name):
    return next(line for line in text.splitlines() if f"| `{name}`" in line)


@pytest.mark.parametrize("notation", sample(FIVE, 3))
def test_sizes_in_code_stand_beside_names_where_code_has_the_transpose(notation):
    text = page(Network((3, 4, 2)), notation)
    assert row(text, "W1").endswith("| 4 × 3 | `W1`, 3 × 4 |")
    assert row(text, "b1").endswith("| 4 | `b1` |")
    assert "in code a sample is a row, and each matrix is the transpose" in text
    rows = page(Network((3, 4, 2)))
    assert row(rows, "W1").endswith("| 3 × 4 | `W1` |")
    assert "in code" not in rows


@pytest.mark.parametrize("name", ["generic", "vae", "conv2d"])
def test_no_letter_of_ours_is_lacking_in_latex(name):
    """What the fonts of LaTeX lack stands in a box with its number, which is for titles alone."""
    network = Network((3, 4, 2)) if name == "generic" else None
    derivation = derive(network or symback.read_model(library_text(name)))
    written = write_handout(
        "latex", derivation=derivation, report=None, notation=NOTATIONS["deeplearning.ai"]
    ).content.decode()
    body = written.partition(r"\begin{document}")[2]
    assert body
    assert r"\lacking{" not in body
    sizes = {
        "generic": r"\texttt{W1}, $3 \times 4$", "vae": r"\texttt{A}, $J \times K$",
        "conv2d": r"($H$ + 2$D$ \ensuremath{-} $R$)/$S$",
    }  # fmt: skip
    assert sizes[name] in body
    titled = write_handout("latex", derivation=derivation, report=None, title="β")
    assert r"\lacking{" in titled.content.decode().partition(r"\begin{document}")[2]


def test_a_size_has_the_order_of_the_indices_where_no_matrix_turns_it():
    mixture = page("mixture-of-experts", "nielsen")
    assert row(mixture, "G").endswith("| J × E | `G` |")
    assert row(mixture, "W").endswith("| E × J × K | `W` |")
    turned = page("vae", "deeplearning.ai")
    assert row(turned, "A").endswith("| K × J | `A`, J × K |")
    assert "numbers its columns, in code its rows" in turned


@pytest.mark.parametrize(
    ("layers", "said"),
    [((2, 2, 2), "take 1.5 times as many as one"), ((3, 2), "take as many as one"),
     ((784, 128, 10), "take about 1.01 times as many as one"),
     ((2, 500, 500, 2), "take about 2 times as many as one"),
     ((784, 2, 2), "take about as many as one")],
)  # fmt: skip
def test_what_both_passes_cost_is_one_figure(layers, said):
    text = page(Network(layers), sections=("summary",))
    assert said in text
    assert "however many" not in text


def test_where_an_index_starts_below_one_it_is_said():
    lstm = re.sub(r"[$`]", "", page("lstm"))
    assert "runs from 1 to the size with its letter; (1) and (2) give what is before |" in lstm
    assert "runs from 1 to the size with its letter |" in page("attention")
    assert "gives what is before" not in page("crf")  # whose start is at 1
    said = "except that a bias has 0 for the unit it comes from"
    assert said in page(Network((2, 3, 1)), "bishop")
    assert said not in page(Network((2, 3, 1), bias=False), "bishop")
    assert said not in page(Network((2, 3, 1)))


def plain(expression):
    """An expression in SymPy's own functions."""
    known = {"exp": sympy.exp, "tanh": sympy.tanh, "sigmoid": lambda u: 1 / (1 + sympy.exp(-u))}
    for node in sorted(within(expression, Apply), key=lambda n: n.count_ops(), reverse=True):
        inner = known[node.name](node.argument)
        made = inner.diff(node.argument, node.order) if node.order else inner
        expression = expression.xreplace({node: made})
    return expression


def holds(chain):
    """Whether every link of a working equals its left side."""
    sides = [plain(chain.subject), *(plain(link.expression) for link in chain.links)]
    return all(sympy.simplify((side - sides[0]).rewrite(sympy.exp)) == 0 for side in sides)


@pytest.mark.parametrize("name", SLOPES)
def test_a_derivative_that_is_worked_out_holds_line_by_line(name):
    chains = SLOPES[name]()
    assert all(map(holds, chains))
    assert len(chains[-1].links) >= 2
    z = sympy.Symbol("z")
    known = parse_formula(ACTIVATIONS[name].derivative, {"a": Apply(name, z)}, {})
    assert chains[-1].links[-1].expression == known
    wrong = replace(chains[-1].links[0], expression=2 * chains[-1].links[0].expression)
    assert not holds(replace(chains[-1], links=(wrong, *chains[-1].links[1:])))


def test_a_reason_points_to_where_it_is_worked_out():
    squared = Network((2, 2, 2), ("sigmoid", "sigmoid"), "half-squared-error")
    classifier = Network((2, 3, 2), ("relu", "softmax"), "cross-entropy")
    for network in (squared, classifier):
        lines = [line for line in page(network).splitlines() if "why: section 5" in line]
        assert [line[:5] for line in lines] == ["| (7)"]
        assert "## 5 The functions" in page(network)
    assert "why: section" not in page(squared, sections=("equations",))
    assert "why: section" not in page(Network((2, 2, 2)))


def test_what_is_put_in_is_what_the_equation_says():
    """Of one sample's loss it is 1/m times that; and where targets sum to one, before they do."""
    network = Network((3, 4, 2), ("tanh", "softmax"), "cross-entropy")
    alone, batch = page(network), page(replace(network, batch=True), "deeplearning.ai")
    assert "put in (7), before it is used that the targets sum to one" in alone
    assert "times (" not in alone
    assert r"\tag{7}" in alone
    assert r"put in $\frac{1}{m}$ times (9), before it is used that the targets sum to one" in batch
    assert r"which is $`\frac{1}{m}`$ times (9)." in batch
    assert r"\tag{9}" not in batch


def test_one_line_of_a_norm_names_all_that_it_uses():
    said = page("batch-norm")
    way = ["put in (11)", "put in (10)", "put in (9)", r"deviations by", "these sums are (7), (8)"]
    places = [said.index(reason) for reason in way]
    assert places == sorted(places)
    assert "(1), (2), (3); $`\\mu`$ and $`\\mathrm{var}`$ held fixed" in said
    assert r"\sum_n (x_{nj} - \mu_j)" in said  # what adds up to 0 is seen
    assert "put in (10)" not in page("batch-norm", sections=("summary",))


def test_a_line_on_the_way_to_one_line_that_is_wrong_is_refused():
    derivation = derive(symback.read_model(library_text("batch-norm")))
    assert verify(derivation).ok
    for place in range(4):
        steps = list(derivation.steps)
        form = steps[-1].forms[0]
        way = list(form.way)
        way[place] = replace(way[place], expression=2 * way[place].expression)
        steps[-1] = replace(steps[-1], forms=(replace(form, way=tuple(way)),))
        assert not verify(replace(derivation, steps=tuple(steps))).ok


def test_of_several_functions_the_derivatives_are_worked_out_in_full_alone():
    both = Network((2, 3, 1), ("tanh", "sigmoid"), "half-squared-error")
    assert "added and taken away" not in page(both)
    assert "added and taken away" in page(both, detail="full")
    assert "added and taken away" in page("lstm")
    assert r"\tanh'(z) &= 1 - \tanh(z)^2" in page(both)


def test_a_notebook_says_where_the_number_of_samples_comes_from():
    said = "hence its `/ N`, which the equations"
    one, batch = Network((2, 3, 1)), Network((2, 3, 1), batch=True)
    assert said in page(one, format="notebook")
    assert "/ N  # (7)" in page(one, format="notebook")
    assert said not in page(batch, format="notebook")
    assert said not in page("lstm", format="notebook")
    assert said not in page(one)


def test_the_matrix_form_of_an_equation_has_the_order_in_which_that_was_typed():
    said = re.sub(r"\\underset\{[^{}]*\}|[{}]", "", page("lstm"))
    assert r"f_t \odot c_t-1 + i_t \odot g_t" in said
    assert r"o_t \odot \tanh(c_t)" in said


def test_terms_that_are_alike_go_as_the_equations_of_the_model_do():
    gates = re.findall(r"partial z\^\{\\mathrm\{(.)\}\}_\{t\+1,l\}\}", page("lstm"))
    assert gates[:4] == list("ifog")  # in the box
    chain = page("lstm").split("(14) | ")[1].split(" |")[0]
    assert re.findall(r"partial z\^\{\\mathrm\{(.)\}\}_\{t\+1,l\}\}", chain) == list(
        "iiffoogg"
    ) + list("ifog")


def test_signs_are_named_before_they_are_used():
    said = page(Network((2, 3, 1), ("sigmoid", "identity"), "half-squared-error"))
    head = said[: said.index("aligned")]
    assert r"$`A \odot B`$ is the product entry by entry, $`A^\top`$ the transpose:" in head
    assert "applies the sigmoid" in said
    assert "| the sigmoid, also called the logistic function |" in said
    norm = page("batch-norm")
    table = norm[: norm.index("## 3 ")]
    assert "| quotient entry by entry |" in table
    assert "| column of ones" in table
    assert "quotient entry by entry" not in said
    larger = "A single row or column that meets a larger array"
    assert f"{larger} entry by entry is repeated, and so is a single number." in norm
    assert larger not in said  # it has no array of another size, but a number
    assert "A number beside an array is repeated." in said


def test_a_letter_of_matrix_forms_that_entries_do_not_have_is_named():
    network = Network((3, 4, 2))
    assert "; in matrices $`\\mathbf{b}^{(1)}`$" in row(page(network, "bishop"), "b1")
    assert "; in matrices $`h_{W,b}`$" in row(page(network, "ufldl"), "yhat")
    assert "; in matrices $" not in page(network)


@pytest.mark.parametrize(
    ("name", "wanted", "goal"),
    [("conv2d", (), "the parameters"), ("conv2d", ("x",), "the inputs"), ("crf", ("u",), "$`u`$")],
)
def test_how_far_back_the_pass_goes_is_said(name, wanted, goal):
    model = symback.read_model(library_text(name))
    made = derive(model, gradients=wanted) if wanted else derive(model)
    said = write_handout("markdown", derivation=made, report=None).content.decode()
    assert f"Backward, from the loss to {goal}" in said
    assert ("`--gradients x` finds the derivative with respect to it" in said) is (
        name == "conv2d" and not wanted
    )


def test_the_letters_of_sums_are_those_on_the_page():
    softmax = Network((784, 128, 10), ("relu", "softmax"), "cross-entropy")
    for what in (Network((2, 3, 1)), softmax, "batch-norm", "max-pooling", "tied-embedding"):
        said = page(what)
        used = set(re.findall(r"\\sum_\{?([a-z])(?![a-z])", said))
        told = re.search(r"^\| (.*?) \| ind(?:ex|ices) of summation", said, re.M)
        assert set(re.findall(r"`([a-z])`", told[1] if told else "")) == used


def test_a_letter_of_a_sum_without_a_size_of_its_own_has_its_range():
    assert r"indices of summation; $`l = 1, \dots, K`$ |" in page("lstm")
    plain = "input x[n,j]\nparam w[j]\nz[n] = sum(j, w[j] x[n,j])\nL = sum(n, z[n]^2)"
    said = write_handout("markdown", derivation=derive(symback.read_model(plain)), report=None)
    assert "indices of summation |" in said.content.decode()


def test_the_sizes_of_a_convolution_meet_the_relation_that_is_told():
    said = page("conv2d").replace("\\", "").replace("$`", "").replace("`$", "")
    assert "rows of the output, (H + 2D − R)/S + 1 rounded down" in said
    n = symback.model.language.reader.ModelText.of(library_text("conv2d")).sizes
    assert n["I"] == (n["H"] + 2 * n["D"] - n["R"]) // n["S"] + 1
    assert n["J"] == (n["W"] + 2 * n["D"] - n["Q"]) // n["S"] + 1


def test_a_worked_weight_is_said_in_deltas_and_the_other_layer_by_its_equation():
    said = page(Network((2, 3, 2)))
    assert (
        r"$`j = 1`$ and $`k = 2`$: $`\displaystyle \frac{\partial \mathcal{L}}{\partial W_{12}^"
        in said
    )
    assert r"{(1)}} = \delta_2^{(1)} x_1`$." in said
    assert "The other layer goes the same way, by (8):" in said


def test_a_letter_of_every_output_is_no_letter_of_a_sum_beside_it():
    said = page(Network((784, 128, 10), ("relu", "softmax"), "cross-entropy"))
    assert r"h_m &= \mathrm{ReLU}\Bigl(\sum_n W_{nm}" in said


def test_a_quantity_of_another_step_is_not_said_to_be_held_fixed():
    lines = [line for line in page("lstm").splitlines() if line.startswith("| (15)")]
    assert "held fixed" not in lines[0]


def test_a_power_of_a_large_bracket_is_that_of_the_whole_in_html():
    pytest.importorskip("math_core", reason="math-core is not installed")
    said = page(Network((3, 4, 2), ("relu", "softmax"), "cross-entropy"), format="html")
    assert not re.search(r'<msup><mo form="postfix"', said)
    assert re.search(
        r'<msup><mrow><mo form="prefix"[^>]*>\(</mo>(?:(?!</msup>).)*\)</mo></mrow><mn>2', said
    )
    assert '<span class="tied">--activations</span>' in said
    products = re.findall(r"<mo[^>]*>⊙", said)
    assert products
    assert all('largeop="false"' in product for product in products)


def test_in_a_notebook_no_equation_stands_in_a_column():
    said = page("lstm", format="notebook")
    assert "(14): chain rule, (3), (5), (7), (9), (13). Here" in said
    assert "step.." not in said
    assert r"\\tag{14m}" in said
    assert "| (14)" not in said
    assert "| (14)" in page("lstm")


@pytest.mark.parametrize("layers", [(1, 1, 1), (2, 2, 2)])
def test_weight_decay_follows_the_rest_of_a_gradient(layers):
    text = page(Network(layers, ("softplus", "identity"), "squared-error", weight_decay=0.01))
    table = text[text.index("All gradients") :]
    rows = [line.split("|")[2] for line in table.splitlines() if re.match(r"\| .*W_\{jk\}", line)]
    assert len(rows) == 2
    for line in rows:
        assert re.search(r"\+ \\lambda W_\{jk\}\^\{\([12]\)\}`\$ $", line), line
        assert not line.split("lambda")[0].rstrip(" \\").endswith("`$")
    if layers == (1, 1, 1):  # a sum of one term is none: what it is multiplied with stands last
        assert r"\sigma(h_k') \, x_j + \lambda" in rows[0]
    else:  # in the sum the decay would be added for each output
        assert r"\Bigr) + \lambda" in rows[0]


def test_squares_of_weights_go_as_a_notation_counts_them():
    network = Network((2, 2, 2), weight_decay=0.01)

    def squares(notation):
        derivation = derive(network)
        printer = Printer(UNICODE, derivation.model, NOTATIONS[notation])
        entries = [derivation.model.quantities["W1"].at(j, k) ** 2 for j in (1, 2) for k in (1, 2)]
        return printer(sympy.Add(*entries))

    assert squares("founding") == "W₁₁⁽¹⁾² + W₁₂⁽¹⁾² + W₂₁⁽¹⁾² + W₂₂⁽¹⁾²"
    assert squares("mazur") == "w₁² + w₂² + w₃² + w₄²"
    assert squares("deeplearning.ai") == "W₁₁^[1]² + W₁₂^[1]² + W₂₁^[1]² + W₂₂^[1]²"


def test_a_word_below_a_letter_is_written_one_way_in_text():
    model = Network((2, 2, 2), weight_decay=0.01).model()
    printer = Printer(UNICODE, model, NOTATIONS["mazur"])
    losses = [q.at() for q in model.quantities.values() if q.role is Role.LOSS]
    assert [printer(loss) for loss in losses] == ["E_data", "E_total"]
    assert printer(model.quantities["h1"].at(1)) == "outₕ₁"  # a letter is none


def test_a_size_of_many_factors_leaves_room_for_its_meaning():
    cells = re.findall(r'<td class="no">(.*?)</td>', page("conv2d", format="html"))
    parts = [len(re.findall('<span class="tied">', cell)) for cell in cells]
    factors = [cell.count("×") + 1 for cell in cells]
    assert 4 in factors
    for count, breaks in zip(factors, parts, strict=True):
        assert breaks == (0 if count < 3 else (count + 1) // 2)


@pytest.mark.parametrize(
    "network",
    [
        Network((2, 2, 1), ("tanh", "sigmoid"), "mean-squared-error"),
        Network((1, 1, 1), ("softplus", "identity"), "squared-error"),
        Network((2, 5, 5, 2), ("silu", "relu", "identity"), "mean-absolute-error"),
    ],
)
def test_nothing_in_a_notebook_is_divided_by_one(network):
    book = page(network, format="notebook")
    assert not re.search(r"/ 1\b", book)
    assert (".sum(axis=1, keepdims=True) / 2" in book) is (network.layers[-1] == 2)


def test_a_line_about_numbers_alone_has_no_matrix_form():
    decayed = page(Network((2, 2, 2), weight_decay=0.01))
    assert "(7)" in decayed
    assert decayed.count(r"\frac{\partial J}{\partial \mathcal{L}} = 1") == 1
    assert r"\underset{1 \times 2}{\frac{\partial J}{\partial \hat{y}}}" in decayed
    samples = page(Network((2, 2, 2), batch=True))  # one number for each sample is an array
    assert r"\underset{N \times 1}{\mathbf{1}}" in samples


def test_every_transpose_is_told_and_no_sentence_twice_of_one_equation():
    text = page("lstm", detail="full", sections=("transposes",))
    told = {m[1]: m[2] for m in re.finditer(r"^- \((\d+)\) .*?`\$\. (.*)$", text, re.M)}
    assert list(told) == ["13", "14", "24", "25", "27", "28", "30", "31", "33", "34"]
    assert told["14"].count("transposed") == 1
    assert "$`U^{\\mathrm{i}}`$ and $`U^{\\mathrm{o}}`$, on the right: each is tr" in told["14"]
    assert "One of the two is transposed" in told["24"]
    assert told["25"].endswith("is a row: as above.")
    for sentences in (said.split(". ") for said in told.values()):
        assert len(sentences) == len(set(sentences))


@pytest.mark.parametrize("notation", ["founding", "ufldl"])
def test_a_mean_over_outputs_has_one_factor_in_indices_and_in_matrices(notation):
    network = Network((2, 3, 2), ("relu", "sigmoid"), "mean-squared-error", batch=True,
                      reduction="sum")  # fmt: skip
    text = page(network, notation)
    assert r"\frac{1}{2} 2" not in text
    assert text.count(r"\frac{2}{2}") > 6
