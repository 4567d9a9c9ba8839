"""Every gradient on a line of its own, whatever the size of the network."""

from __future__ import annotations

import io
import json
import sys
from itertools import product

import pytest
from faults import with_result
from running import Symback
from sympy import Integer

from symback.calculus import Derivation, derive
from symback.cli import progress
from symback.errors import InputError
from symback.model.language.reader import ModelText
from symback.model.language.sources import library_text
from symback.model.network import Network
from symback.printing.core import Printer
from symback.printing.plain import PLAIN
from symback.rendering.stream import LINES_AT_ONCE, gradient_lines
from symback.verification import Report, Witness, verify

NETWORKS = {
    "2,2,2": Network(layers=(2, 2, 2)),
    "batch": Network(
        layers=(3, 2, 4),
        activations=("relu", "softmax"),
        loss="cross-entropy",
        batch=True,
        weight_decay=0.5,
    ),
    "deep": Network(layers=(2,) * 12, bias=False),
}


def lines(network: Network) -> list[dict[str, object]]:
    text = "".join(piece for _, piece in gradient_lines(derive(network)))
    assert text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("name", NETWORKS)
def test_every_entry_has_its_line_in_order(name: str) -> None:
    network = NETWORKS[name]
    expected = [
        (array, list(index))
        for array, shape in network.parameter_shapes.items()
        for index in product(*(range(1, size + 1) for size in shape))
    ]
    found = lines(network)
    assert [(line["array"], line["index"]) for line in found] == expected
    assert all(
        line["name"] == f"{array}[{','.join(map(str, index))}]"
        for line, (array, index) in zip(found, expected, strict=True)
    )


@pytest.mark.parametrize("name", NETWORKS)
def test_a_line_is_the_index_formula_at_its_indices(name: str) -> None:
    derivation = derive(NETWORKS[name])
    printer = Printer(PLAIN, derivation.model, bounds=True)
    for line in lines(NETWORKS[name]):
        quantity = derivation.model.quantities[str(line["array"])]
        chain = derivation.chain(quantity.name)
        formula = chain[-1].expression if chain else derivation.gradients[quantity.name].formula
        at = dict(zip(quantity.indices, map(Integer, index(line)), strict=True))
        assert line["gradient"] == printer(formula.xreplace(at))


def index(line: dict[str, object]) -> list[int]:
    found = line["index"]
    assert isinstance(found, list)
    return found


def test_one_line_as_it_is() -> None:
    text = "".join(piece for _, piece in gradient_lines(derive(Network(layers=(2, 2, 2)))))
    assert text.splitlines()[1] == (
        '{"array": "W1", "index": [1, 2], "name": "W1[1,2]", '
        "\"gradient\": \"sum(i in 1..2, dL/dyhat[i]*g'(y'[i])*W2[2,i]*f'(h'[2])*x[1])\"}"
    )


def proved_by(derivation: Derivation, report: Report) -> dict[object, object]:
    text = "".join(piece for _, piece in gradient_lines(derivation, report))
    return {line["array"]: line["proved_by"] for line in map(json.loads, text.splitlines())}


def test_a_line_says_who_proved_its_gradient() -> None:
    derivation = derive(Network(layers=(2, 2, 2)))
    said = proved_by(derivation, verify(derivation))
    assert set(said) == {"W1", "b1", "W2", "b2"}
    for witnesses in said.values():
        assert witnesses == list(Witness)
    without = verify(derivation, numbers=False)
    assert proved_by(derivation, without)["W1"] == list(Witness)[:-1]


def test_of_a_wrong_gradient_nobody_is_said_to_have_proved_it() -> None:
    derivation = derive(Network(layers=(2, 2, 2)))
    step = derivation.step_of["W1"]
    wrong = with_result(derivation, step, 2 * step.result)
    said = proved_by(wrong, verify(wrong))
    assert said["W1"] == []
    assert all(said[name] for name in ("b1", "W2", "b2"))


def test_pieces_are_small_and_count_their_lines() -> None:
    network = Network(layers=(784, 128, 10))
    total = 0
    for count, piece in gradient_lines(derive(network)):
        assert count == piece.count("\n") <= LINES_AT_ONCE
        total += count
    assert total == network.parameter_count == 101_770


def test_to_standard_output_and_to_a_file(symback_command: Symback, tmp_path) -> None:
    arguments = "derive", "--layers", "3,4,2", "--format", "jsonl"
    shown = symback_command(*arguments)
    assert (shown.code, shown.err) == (0, "")
    file = tmp_path / "gradients.jsonl"
    written = symback_command("derive", "--layers", "3,4,2", "-o", str(file))
    assert (written.code, written.out, written.err) == (0, "", "")
    assert file.read_text(encoding="utf-8") == shown.out
    assert shown.out.count("\n") == 26
    again = symback_command("derive", "--layers", "3,4,2", "-o", str(file))
    assert again.code == 5
    assert "--force" in again.err


def test_a_failure_leaves_no_half_of_a_file(
    symback_command: Symback, tmp_path, monkeypatch
) -> None:
    def breaks(*_: object) -> object:
        yield 1, "{}\n"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("symback.rendering.stream.gradient_lines", breaks)
    done = symback_command("derive", "--layers", "2,2", "-o", str(tmp_path / "out.jsonl"))
    assert done.code == 5
    assert list(tmp_path.iterdir()) == []


def test_a_reader_who_has_seen_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    from symback.cli.output import print_pieces

    asked = []

    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

        def fileno(self) -> int:
            raise ValueError

    def pieces() -> object:
        for number in range(1000):
            asked.append(number)
            yield "line\n"

    monkeypatch.setattr(sys, "stdout", Closed())
    print_pieces(pieces())
    assert len(asked) == 1


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("terminal", "quiet", "term", "seconds", "shown"),
    [
        (True, False, "xterm", 5.0, True),
        (True, False, "xterm", 0.1, False),  # soon over: nothing to wait for
        (True, True, "xterm", 5.0, False),  # the lines themselves are on the terminal
        (True, False, "dumb", 5.0, False),
        (False, False, "xterm", 5.0, False),
    ],
)
def test_the_bar(
    monkeypatch: pytest.MonkeyPatch,
    terminal: bool,
    quiet: bool,
    term: str,
    seconds: float,
    shown: bool,
) -> None:
    clock = iter(seconds * n / 10 for n in range(100))
    stderr = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stderr", stderr)
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    monkeypatch.setenv("TERM", term)
    pieces = [(10, "a\n")] * 10
    assert "".join(progress.with_progress(pieces, 100, quiet=quiet)) == "a\n" * 10
    assert ("100 of 100" in stderr.getvalue()) is shown
    assert stderr.getvalue().endswith("\r\x1b[K") is shown


def of_model(text: str, **sizes: int) -> list[dict[str, object]]:
    model = ModelText.of(text).with_sizes(sizes).model()
    return [
        json.loads(line) for _, text in gradient_lines(derive(model)) for line in text.splitlines()
    ]


SHIFTED = "param w[i] for i = 0..2*J\nparam x[j]\nL = sum(j, x[j] w[2*j])"


def test_a_model_has_a_line_for_each_entry_at_its_sizes() -> None:
    found = of_model(library_text("lstm"), T=3, J=2, K=3)
    assert len(found) == 4 * (2 * 3 + 3 * 3 + 3)
    (line,) = [one for one in found if one["name"] == "Uf[1,3]"]
    assert line["gradient"] == "sum(t, dL/dzf[t,3]*h[t-1,1])"


def test_a_range_begins_where_it_does_and_a_multiple_of_an_index_is_a_number() -> None:
    found = {str(line["name"]): line["gradient"] for line in of_model(SHIFTED, J=2)}
    assert [name for name in found if name[0] == "w"] == [f"w[{n}]" for n in range(5)]
    assert (found["x[1]"], found["x[2]"]) == ("w[2]", "w[4]")


def test_a_size_without_a_number_is_asked_for() -> None:
    with pytest.raises(InputError, match="w has as many entries as J says; say how many"):
        of_model(SHIFTED)
