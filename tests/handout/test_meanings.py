"""What an author's comments say of quantities stands in the table of notation, as it was typed."""

import pytest
from sampling import sample

import symback
from symback.calculus import derive
from symback.model.language.sources import library_names, library_text
from symback.rendering.handout import write_handout

MODEL = """
input x[t,j]  # what <b>comes</b> in
param w[j], b  # kernel; shift_1
size  S        # the stride.
param u[j]     # one; two; three
h[0] = 0       # a start says nothing of the whole
h[t] = tanh(h[t-1] + b sum(j, w[j] x[t,j]))
y[t] = sum(j, u[j] x[t,j]) h[t] / S  # output
L = sum(t, y[t]^2) / 2
"""


def page(text, format="markdown"):
    derivation = derive(symback.read_model(text))
    return write_handout(format, derivation=derivation, report=None).content.decode()


def test_each_quantity_has_its_words():
    said = page(MODEL)
    for words in ("kernel", r"shift\_1", "the stride", "output"):
        assert f"| {words} |" in said
    assert "| one; two; three |" in said  # not one for each name: all of it
    assert "a start says" not in said


def test_what_a_comment_says_is_no_markup():
    assert "&lt;b&gt;comes&lt;/b&gt;" in page(MODEL, "html")
    assert "<b>comes</b>" not in page(MODEL, "html")


def test_comments_change_no_model():
    bare = "\n".join(line.partition("#")[0] for line in MODEL.splitlines())
    assert str(symback.read_model(bare).equations) == str(symback.read_model(MODEL).equations)
    assert symback.read_model(bare).meanings == ()
    assert "defined by" in page(bare)


@pytest.mark.parametrize("name", sample(library_names(), 17))
def test_the_library_says_what_everything_is(name):
    model = symback.read_model(library_text(name))
    said = dict(model.meanings)
    assert not [
        q.name for q in model.quantities.values() if q != model.loss and not said.get(q.name)
    ]
