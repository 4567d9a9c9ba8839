"""The models that are shipped: each is read, has its sources, closed forms and sizes to try."""

from __future__ import annotations

import pytest
from sampling import sample

from symback.model.equations import PARAMETERS
from symback.model.language.reader import ModelText
from symback.model.language.sources import library_names, library_text
from symback.model.language.writer import model_text
from symback.notation import FOUNDING, Vocabulary

NAMES = library_names()


def test_what_is_asked_for_is_there() -> None:
    asked = """
    linear-regression logistic-regression softmax-regression perceptron residual-block rnn
    lstm gru conv1d conv2d max-pooling average-pooling batch-norm layer-norm rms-norm
    tied-embedding word2vec attention causal-attention multi-head-attention
    transformer-block tied-autoencoder vae matrix-factorisation gan-critic gan-generator
    infonce rbf graph-convolution mixture-of-experts lora crf hmm neural-ode
    """
    assert set(asked.split()) <= set(NAMES)


@pytest.mark.parametrize("name", sample(NAMES, 17))
def test_a_model_is_whole(name: str) -> None:
    written = library_text(name)
    assert written.startswith("# ")
    assert "\n# Sources: " in written
    text = ModelText.of(written, name)
    assert text.checked.warnings == ()
    assert set(text.size_names) == set(text.sizes or {})
    stated = text.stated()
    claimed = {claim.of for claim in stated.claims}
    model = stated.model
    asked = {q.name for q in model.given if q.role in PARAMETERS or q.role == "input"}
    held = {"gan-critic": {"z"}}.get(name, set())  # no derivative goes into the generator
    assert asked - held <= claimed
    # What it prints of itself says the same, and so on for ever.
    printed = model_text(model)
    again = ModelText.of(printed, name).model()
    assert model_text(again) == printed


def _sizes_spelled_as_arrays(text: str) -> set[str]:
    """The sizes whose letter is that of an array, whatever stands above it: W beside W^Q."""
    model = ModelText.of(text, "").model()
    vocabulary = Vocabulary(model, FOUNDING)
    return set(model.size_names) & {vocabulary.spell(name).base for name in model.quantities}


def test_no_letter_is_both_a_size_and_an_array() -> None:
    assert {name: _sizes_spelled_as_arrays(library_text(name)) for name in NAMES} == {
        name: set() for name in NAMES
    }
    wide = library_text("attention").replace("J=2", "W=2").replace(",j]", ",w]")
    wide = wide.replace("(j,", "(w,").replace(" j,", " w,")
    assert _sizes_spelled_as_arrays(wide) == {"W"}
