"""A sheet: one exercise after the other, no two alike, the slip to be found last."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from random import Random
from typing import Any

from symback.errors import InputError, TooLargeError
from symback.model.equations import Model
from symback.model.network import Network
from symback.notation import Notation
from symback.notation.form import Orientation
from symback.records import dataclass
from symback.teaching.blocks import (
    Answer,
    Block,
    Bullets,
    Code,
    Heading,
    NewPage,
    Own,
    PageContents,
    Paragraph,
    Say,
)
from symback.teaching.drawing.drawn import WISHES
from symback.teaching.exercises.by_hand import backward, dead_unit, forward, softmax, update
from symback.teaching.exercises.fading import blanks
from symback.teaching.exercises.formulas import derive_gradient, equations, missing_path
from symback.teaching.exercises.hidden_slip import find_slip
from symback.teaching.exercises.parts import Exercise, model_setting
from symback.teaching.exercises.problem import About
from symback.teaching.exercises.questions import convention, shapes
from symback.teaching.exercises.small import Small
from symback.teaching.exercises.spelled import Spelled
from symback.teaching.saying import letters_say, model_names

__all__ = ["FAMILIES", "KINDS", "MAX_COUNT", "OF_MODELS", "Make", "Sheet", "make_sheet"]

MAX_COUNT = 200

ROOM = 10
"""Lines of room for a derivation."""

LETTERS = 3
"""With more letters than these an exercise has small boxes for them."""

TRIES = 40
"""So many numbers are tried for one exercise before its kind is passed over."""


FAMILIES = (
    (("relu", "identity"), "half-squared-error"),
    (("sigmoid", "sigmoid"), "half-squared-error"),
    (("tanh", "identity"), "half-squared-error"),
    (("tanh", "sigmoid"), "squared-error"),
    (("sigmoid", "softmax"), "cross-entropy"),
    (("relu", "softmax"), "cross-entropy"),
)
"""Functions on hidden layers and output, and losses, where none are stated."""


@dataclass(frozen=True)
class Sheet:
    """A sheet of exercises.

    Attributes:
        exercises: in order.
        seed: the same sheet for the same seed.
        about: the widths, and the letters of all exercises, or the model.
        notation: in which it is written; symback's own by default.
        title: in place of its own.
    """

    exercises: tuple[Exercise, ...]
    seed: int
    about: About
    notation: Notation | None = None
    title: str = ""

    @property
    def proved(self) -> bool:
        """Whether every key is."""
        return all(exercise.proved for exercise in self.exercises)

    @property
    def model(self) -> Model:
        """What has all its letters."""
        return self.about.model if isinstance(self.about, Small) else self.about.model()

    def page(self) -> PageContents:
        """The sheet: tasks first, then boxes for the answers, in the same place on every copy."""
        blocks: list[Block] = [Paragraph((Say("sheet-intro"), self.reading))]
        if isinstance(self.about, Small):
            blocks += [Paragraph((model_setting(self.about),), keep=True)]
            blocks += [equations(self.about.derivation)]
        for number, exercise in enumerate(self.exercises, start=1):
            blocks += [
                Heading(Say("exercise-heading", {"number": number,
                                                 "kind": Say(f"kind-{exercise.kind}")})),
                *exercise.task,
            ]  # fmt: skip
        blocks += [
            NewPage(),
            Heading(Say("answers", {"seed": self.seed})),
            Answer((Say("your-name"),), wide=True),
            Paragraph((Say("typed-names", {"example": Code(self._example)}),)),
        ]
        for number, exercise in enumerate(self.exercises, start=1):
            heading = Say("answers-of", {"number": number})
            letters = [item for item in exercise.items if item.choices]
            values = [item for item in exercise.items if not item.choices]
            if not exercise.items:
                blocks.append(Answer((), (), heading, ROOM))
            is_long = len(letters) > LETTERS
            for items in (letters, values) if is_long else (exercise.items,):
                if items:
                    labels = tuple(item.label for item in items)
                    names = tuple(item.name for item in items)
                    own = None if is_long and items is values else heading
                    blocks.append(Answer(labels, names, own, narrow=items is letters))
            if (result := exercise.result) is not None:
                blocks.append(Answer((result.label,), (result.name,), wide=True))
        return PageContents(self._title("sheet-title"), tuple(blocks))

    def key(self) -> PageContents:
        """The key, in the order of the sheet."""
        dropped = self.dropped
        # What the first sentence promises of every exercise is said of none that lacks it.
        intro = "key-intro-apart" if "policies" in dropped else "key-intro"
        blocks: list[Block] = [Paragraph((Say(intro),))]
        if dropped:
            blocks.append(Bullets(self.lacking))
        for number, exercise in enumerate(self.exercises, start=1):
            blocks += [
                Heading(Say("exercise-heading", {"number": number,
                                                 "kind": Say(f"kind-{exercise.kind}")})),
                *exercise.key,
            ]  # fmt: skip
        proofs = Say("key-proved" if self.proved else "key-not-proved",
                     {"count": len(self.exercises)})  # fmt: skip
        tests = "key-tests-rising" if "falls" in dropped else "key-tests"
        return PageContents(
            self._title("key-title"), tuple(blocks), (proofs, Say(tests, {"seed": self.seed}))
        )

    @property
    def dropped(self) -> dict[str, list[int]]:
        """The wishes that were given up, each with the exercises whose numbers lack it."""
        found: dict[str, list[int]] = {}
        for number, exercise in enumerate(self.exercises, start=1):
            asks = exercise.known or any(item.key for item in exercise.items)
            if asks and exercise.problem is not None:
                for wish in exercise.problem.dropped:
                    found.setdefault(wish, []).append(number)
        return {wish: found[wish] for wish in WISHES if wish in found}

    @property
    def lacking(self) -> tuple[Say, ...]:
        """The same in sentences."""
        return tuple(
            Say(
                "dropped-in", {"numbers": ", ".join(map(str, numbers)), "wish": Say(f"dropped-{w}")}
            )
            for w, numbers in self.dropped.items()
        )

    def _title(self, code: str) -> Say:
        if self.title:
            own = {"title": Own(self.title), "seed": self.seed}
            return Say("own-title" if code == "sheet-title" else "own-key-title", own)
        if isinstance(self.about, Small):
            return Say(f"{code}-model", {**model_names(self.about.derivation), "seed": self.seed})
        layers = "-".join(map(str, self.about.layers))
        return Say(code, {"layers": layers, "seed": self.seed})

    @property
    def quiz_title(self) -> Say:
        """What it is called in a system that has quizzes."""
        if self.title:
            return Say("verbatim", {"text": Own(self.title)})
        return Say("quiz-title", {"seed": self.seed})

    @property
    def reading(self) -> Say:
        """How its letters are to be read."""
        if isinstance(self.about, Small):
            return Say("reading-model")
        return Say("reading") if self.notation is None else letters_say(self.about)

    @property
    def _example(self) -> str:
        """What an answer of it is called where answers are typed."""
        return next(
            f"{number}.{item.name}"
            for number, exercise in enumerate(self.exercises, start=1)
            for item in (*exercise.items, exercise.result)
            if item is not None
        )


Make = Callable[[Any, Random], "Exercise | None"]


KINDS: Mapping[str, Make] = {
    "forward": forward,
    "backward": backward,
    "blanks": blanks,
    "update": update,
    "shapes": shapes,
    "derive": derive_gradient,
    "missing-path": missing_path,
    "softmax": softmax,
    "dead": dead_unit,
    "convention": convention,
    "find-slip": find_slip,
}
"""Every kind of exercise, in the order in which a sheet has them."""

OF_MODELS = ("forward", "backward", "blanks", "update", "derive", "missing-path", "find-slip")
"""Those on models as well; the others are on layers, their functions and their conventions."""


def make_sheet(
    on: tuple[int, ...] | Small,
    seed: int,
    count: int,
    *,
    network: Network | None = None,
    kinds: Sequence[str] = (),
    notation: Notation | None = None,
    title: str = "",
) -> Sheet:
    """A sheet of exercises on networks of some widths, or on a model.

    Args:
        on: the widths, or the model.
        seed: the same sheet for the same seed.
        count: of exercises.
        network: whose functions all exercises have; by default they vary.
        kinds: of `KINDS`, in order; by default all that apply, the slip to be found last.
        notation: in which it is written; symback's own by default.
        title: in place of the sheet's own.

    Raises:
        InputError: where nothing is asked for, or no tidy numbers exist.
        TooLargeError: for more than `MAX_COUNT`.
    """
    if count < 1:
        raise InputError("a sheet has at least one exercise", where="--count")
    if count > MAX_COUNT:
        raise TooLargeError(
            f"{count} exercises are too many for a sheet", where="--count",
            hint=f"the limit is {MAX_COUNT}",
        )  # fmt: skip
    whole = network or (on if isinstance(on, Small) else _networks(on)[0])
    make: dict[str, Make] = {**KINDS}
    spelled = None
    if notation is not None and isinstance(whole, Network):
        spelled = Spelled(whole, notation)
        make["find-slip"] = partial(find_slip, counting=spelled.counting)
        make["dead"] = partial(dead_unit, alike=spelled.tells_layers)
        make["shapes"] = partial(shapes, columns=notation.orientation is Orientation.COLUMNS)
    possible = OF_MODELS if isinstance(on, Small) else tuple(KINDS)
    for kind in kinds:
        if kind not in possible:
            raise InputError(
                f"exercises of the kind {kind} are on networks of layers", where="--kind",
                hint=f"those on models are {', '.join(possible)}",
            )  # fmt: skip
    networks: list[Any]
    if isinstance(on, Small):
        random = Random(f"sheet {on.name} {on.sizes} {seed}")
        networks = [on]
    else:
        random = Random(f"sheet {on} {seed}")
        networks = [network] if network is not None else _networks(on)
    order = list(kinds) or [kind for kind in possible if kind != "find-slip"]
    last = 0 if kinds or count == 1 else 1
    made: list[Exercise] = []
    seen: set[tuple[Any, ...]] = set()
    place = passed = 0

    def add(kind: str) -> bool:
        """One more exercise of a kind on the network whose turn it is, if there is one.

        Whether there is one depends on the widths and not on the seed, so that what is asked, and
        with it the place of every box, is the same on every copy.
        """
        for _ in range(TRIES):
            exercise = make[kind](networks[place % len(networks)], random)
            if exercise is not None and exercise.signature not in seen:
                seen.add(exercise.signature)
                made.append(exercise)
                return True
        return False

    while len(made) < count - last:
        if not add(order[place % len(order)]):
            passed += 1
            if passed > 2 * len(order) * len(networks):
                raise InputError(
                    "there are not so many different exercises of these kinds", where="--count",
                    hint="ask for fewer, or for other kinds",
                )  # fmt: skip
        place += 1
    passed = 0
    while len(made) < count:
        if not add("find-slip"):
            passed += 1
            if passed > 3 * len(order) * len(networks):
                what = "model" if isinstance(on, Small) else "network"
                raise InputError(f"no slip can be hidden in this {what}", where="--count",
                                 hint="say which kinds, with --kind")  # fmt: skip
        place += 1
    if spelled is not None:
        made = [spelled.exercise(exercise) for exercise in made]
    return Sheet(tuple(made), seed, whole, notation, title)


def _networks(layers: tuple[int, ...]) -> list[Network]:
    depth = len(layers) - 1
    is_wide = max(layers) > 3 or depth > 3
    found = []
    for (hidden, output), loss in FAMILIES:
        if output == "softmax" and layers[-1] < 2:
            continue
        if is_wide and hidden == "relu" and depth > 1:
            continue  # of so many units some is at its kink, or what comes out is too large
        activations = (hidden,) * (depth - 1) + (output,)
        found.append(Network(layers, activations, loss))
    return found
