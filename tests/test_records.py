"""Frozen classes are as the standard library would make them, but for the time that it takes."""

import copy
import dataclasses
import pickle
from dataclasses import FrozenInstanceError, field, replace

import pytest

from symback.records import Hashed, dataclass


def _classes(make):
    @make(frozen=True, slots=True)
    class Point:
        """Of a plane."""

        x: int
        y: int = 2
        tags: list = field(default_factory=list, compare=False)
        norm: int = field(init=False, repr=False, compare=False)

        def __post_init__(self):
            object.__setattr__(self, "norm", abs(self.x) + abs(self.y))

    @make(frozen=True)
    class Marked(Point):
        mark: str = field(default="", kw_only=True)

        def __repr__(self):
            return self.mark

    @make(frozen=True, slots=True)
    class One:
        value: object

    @make(frozen=True, slots=True, eq=False)
    class Itself:
        value: object

    @make(frozen=True, slots=True, order=True)
    class Ordered:
        value: int

    return Point, Marked, One, Itself, Ordered


OURS, THEIRS = _classes(dataclass), _classes(dataclasses.dataclass)
NOT_A_NUMBER = float("nan")


def _seen(classes):
    """What can be seen of some instances, wherever they are compared, changed or taken apart."""
    point, marked, one, itself, ordered = classes
    a, b, c = point(1), point(1, 2, ["t"]), point(x=-3, y=1)
    yield from (repr(a).split(".")[-1], a == b, a == c, a == 1, hash(a) == hash(b), a.tags, b.tags)
    yield from (a.norm, c.norm, replace(a, y=7).norm, point(1).tags is a.tags, {a: "k"}[b])
    yield from (dataclasses.asdict(c), [each.name for each in dataclasses.fields(marked)])
    yield from (repr(marked(1, mark="m")), marked(1, mark="m") == marked(1), marked(1) == a)
    yield from (one(NOT_A_NUMBER) == one(NOT_A_NUMBER), one([]) == one([]), one(1) == one(2))
    first = itself(1)
    yield from (first == itself(1), first == first, hash(first) == hash(first))
    yield from (ordered(1) < ordered(2), point.__match_args__, hasattr(a, "__dict__"))
    yield from (point.__doc__, point.__init__.__annotations__, marked.__init__.__qualname__)


def test_instances_are_seen_alike():
    assert list(_seen(OURS)) == list(_seen(THEIRS))


@pytest.mark.parametrize("classes", [OURS, THEIRS], ids=["ours", "theirs"])
def test_what_is_wrong_is_refused(classes):
    point, marked, one, *_ = classes
    for arguments, named in (((), {}), ((1, 2, [], 4), {}), ((1,), {"z": 1}), ((1,), {"norm": 1})):
        with pytest.raises(TypeError):
            point(*arguments, **named)
    with pytest.raises(TypeError):
        marked(1, 2, [], "m")
    with pytest.raises(TypeError):
        hash(one([]))
    for value in (point(1), marked(1)):
        with pytest.raises(FrozenInstanceError):
            value.x = 2
        with pytest.raises(FrozenInstanceError):
            del value.x


@dataclass(frozen=True, slots=True)
class Kept:
    name: str
    parts: tuple[int, ...] = ()


def test_instances_are_copied_and_pickled():
    kept = Kept("k", (1, 2))
    assert pickle.loads(pickle.dumps(kept)) == kept == copy.deepcopy(kept)


def test_what_is_not_frozen_is_the_standard_library_s():
    @dataclass
    class Open:
        value: int = 1

    changed = Open()
    changed.value = 2
    assert changed == Open(2)
    assert Open.__hash__ is None


def test_what_is_hashed_once_is_hashed_by_the_same():
    asked = []

    class Asked(int):
        def __hash__(self):
            asked.append(int(self))
            return hash(int(self))

    @dataclass(frozen=True, slots=True)
    class Leaf(Hashed):
        value: int
        place: int = field(default=0, compare=False)

    @dataclass(frozen=True, slots=True)
    class Pair(Leaf):
        inner: object = None

    leaf = Leaf(Asked(1))
    assert {leaf: "kept"}[Leaf(Asked(1), place=2)] == "kept"
    for _ in range(3):
        hash(Pair(Asked(2), inner=leaf))
    assert asked == [1, 1, 2, 2, 2]
    assert leaf != Leaf(2)
    assert hash(replace(leaf, value=2)) == hash(Leaf(2)) != hash(leaf)
    assert hash(copy.deepcopy(leaf)) == hash(leaf)
