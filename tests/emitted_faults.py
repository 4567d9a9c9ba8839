"""Copies of an emitted file with one fault each, and what the file's own check says of them."""

import contextlib
import io
import re

ASSIGNED = {
    "python": r"(?P<left>[\w\[\], ]+?) (?P<sign>=|\+=) (?P<right>.+?)(?:  #.*)?",
    "called": r"[\w.]+\(.*, out=(?P<out>\w+)\)",
    "c": r"(?P<left>(?:double )?[\w\[\]]+) (?P<sign>=|\+=) (?P<right>.+);",
}
CHANGES = {
    "python": ["{left} {sign} -({right})", "{left} {sign} ({right}) * 1.1"],
    "called": ["{line}; {out}[...] *= 1.1", "{line}; {out}[...] += 0.001"],
    "c": ["{left} {sign} -({right});", "{left} {sign} ({right}) * 1.1;"],
}
MORE = [
    (".sum(axis=0)", "[0]"),
    ("np.heaviside(", "np.maximum("),
    ("dsigmoid(", "sigmoid("),
    ("df(", "f("),
    ("dg(", "g("),
    (".T @", ".T * 0.999 @"),
    (" - y)", " + y)"),
    (" / batch", ""),
]


def gradient_lines(text, first):
    """The lines of code under the numbers of the gradients, each with its place."""
    number = 0
    for place, line in enumerate(text.split("\n")):
        found = re.search(r"(?:#|//) \((\d+)\)", line)
        number = int(found[1]) if found else number
        if not line.strip() or re.match(r"\S|    (gradients = |return)", line):
            number = 0  # the end of the statements, or of a kernel
        if number >= first and not re.match(r"\s*(#|//|for |}|if )", line):
            yield place, line


def faults(text, first, kinds=("called", "python")):
    """Copies of a file, each with one fault in one gradient statement."""
    lines = text.split("\n")
    for place, line in gradient_lines(text, first):
        pad = line[: len(line) - len(line.lstrip())]
        for kind in kinds:
            found = re.fullmatch(ASSIGNED[kind], line.strip())
            # A number that is set to zero has no other sign.
            if found and found.groupdict().get("right") not in ("0.0", "0"):
                parts = found.groupdict() | {"line": line.strip(), "pad": pad}
                changed = [pad + change.format(**parts) for change in CHANGES[kind]]
                changed += [line.replace(*pair) for pair in MORE if pair[0] in line]
                for wrong in changed:
                    yield wrong.strip(), "\n".join([*lines[:place], wrong, *lines[place + 1 :]])
                break


def verdict(text):
    """What a module's own check returns."""
    scope = {"__name__": "faulty"}
    exec(compile(text, "<faulty>", "exec"), scope)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        code = scope["main"]()
    assert printed.getvalue().endswith("WRONG\n" if code else "right\n")
    return code
