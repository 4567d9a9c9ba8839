r"""The LaTeX of a handout names its letters by macros, which say what the letters say."""

import re

import pytest
from handout.mathematics import expanded
from sampling import covering, sample

from symback.calculus import derive
from symback.model.language.reader import ModelText
from symback.model.language.sources import library_text
from symback.model.network import Network
from symback.notation import NOTATIONS
from symback.notation.vocabulary import Vocabulary
from symback.rendering.handout import write_handout
from symback.rendering.handout.letters import Letter, _Source, letters_of, with_letters

NETWORKS = {
    "2-2-2": Network((2, 2, 2)),
    "3-5-4-2": Network((3, 5, 4, 2)),
    "batch": Network(
        (2, 3, 2), activations=("tanh", "softmax"), loss="cross-entropy", batch=True,
        weight_decay=0.01,
    ),
}  # fmt: skip


def alike(text):
    """A page with every script in braces, and primes above."""
    body = text[text.index(r"\begin{document}") :]  # of what has its preamble yet
    body = re.sub(r"([_^])([A-Za-z0-9]|\\[a-z]+)", r"\1{\2}", body)
    body = re.sub(r"('+)", lambda m: "^{" + r"\prime" * len(m[1]) + "}", body)
    return re.sub(r"\}\^\{\}", "}", body)


@pytest.mark.spread
@pytest.mark.parametrize("name", ["lstm", "attention", "batch-norm", "conv2d"])
def test_the_letters_of_a_model_are_its_quantities(name, monkeypatch):
    from symback.rendering.handout import write

    derivation = derive(ModelText.of(library_text(name), name).model())
    text, plain = (
        write_handout("latex", derivation=derivation, report=None).content.decode()
        for patch in (False, True)
        if not patch or not monkeypatch.setattr(write, "with_letters", lambda text, _: text)
    )
    assert alike(expanded(text)) == alike(plain)
    assert text != plain


def pages(network, notation):
    derivation = derive(network)
    vocabulary = Vocabulary(derivation.model, notation)
    written = write_handout("latex", derivation=derivation, report=None, notation=notation)
    return written.content.decode(), letters_of(vocabulary)


@pytest.fixture
def plain(monkeypatch):
    from symback.rendering.handout import write

    def written(network, notation):
        with monkeypatch.context() as patched:
            patched.setattr(write, "with_letters", lambda text, _: text)
            return pages(network, notation)[0]

    return written


@pytest.mark.spread
@pytest.mark.parametrize(("network", "notation"), sample(covering(NETWORKS, NOTATIONS), 4))
def test_the_macros_say_what_the_formulas_say(network, notation, plain):
    text, _ = pages(NETWORKS[network], NOTATIONS[notation])
    before = plain(NETWORKS[network], NOTATIONS[notation])
    assert alike(expanded(text)) == alike(before)
    assert text != before
    first = re.search(r"\\scripted\{(\w)\}", text)
    assert first is not None
    wrong = text.replace(first[0], r"\scripted{q}")
    assert alike(expanded(wrong)) != alike(before)


def test_letters_that_commands_are_made_of_stay_in_them():
    source = r"$\tag*{x} \hspace{1em} x$ \begin{align*} x \end{align*}"
    letters = [Letter(name, name, 0, False, "") for name in "algntxhe"]
    written = with_letters(source, letters)
    assert written == r"$\tag*{x} \hspace{1em} \x{}$ \begin{align*} \x{} \end{align*}"


def test_options_of_environments_are_no_letters(monkeypatch):
    """Bishop's target is t, and so is what sets an alignment at its top line."""
    source = r"$\begin{aligned}[t] &t \end{aligned}$"
    letters = [Letter("target", "t", 0, False, "")]
    written = with_letters(source, letters)
    assert written == r"$\begin{aligned}[t] &\target{} \end{aligned}$"
    monkeypatch.setattr(_Source, "_option", lambda _: "")
    assert with_letters(source, letters) != written


@pytest.mark.parametrize("notation", sample([*NOTATIONS], 4))
def test_no_weight_is_written_by_hand(notation):
    text, letters = pages(NETWORKS["2-2-2"], NOTATIONS[notation])
    body = text[text.index(r"\begin{document}") :]
    weights = [letter for letter in letters if letter.macro.startswith("weight")]
    assert weights
    for letter in weights:
        by_hand = re.escape(letter.base) + (r"_" if letter.base.isalpha() else r"[_^]")
        assert not re.search(r"(?<![A-Za-z\\])" + by_hand, body), letter


def test_a_letter_is_defined_once():
    text, letters = pages(NETWORKS["2-2-2"], NOTATIONS["founding"])
    assert text.count(r"\providecommand{\weight}[3][]{\scripted{W}{#3}{(#2)#1}}") == 1
    assert r"\weight{2}{jk}" in text
    assert r"\weight[\,\top]{2}{}" in text
    assert len({letter.macro for letter in letters}) == len(letters)


@pytest.mark.parametrize(
    ("source", "result"),
    [
        (r"a $h$ b", r"a $\activation{}$ b"),
        (r"$\text{a sample h of $h_1$}$", r"$\text{a sample h of $\activation{1}$}$"),
        (r"$\theta h'$", r"$\theta \preactivation{}$"),
        (r"$\tag{h}$", r"$\tag{h}$"),
        (r"\begin{align*} h \end{align*}", r"\begin{align*} \activation{} \end{align*}"),
        (r"$\begin{aligned}[t] h$", r"$\begin{aligned}[t] \activation{}$"),
        ("% $h$\n$h$", "% $h$\n$\\activation{}$"),
        (r"\$ h \$", r"\$ h \$"),
    ],
)
def test_words_stay_words(source, result):
    letters = letters_of(Vocabulary(derive(NETWORKS["2-2-2"]).model, NOTATIONS["founding"]))
    assert with_letters(source, letters) == result
