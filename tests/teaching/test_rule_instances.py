"""Each rule has an instance: two lines of a derivation, of which the second follows by it."""

import pytest

from symback.calculus.blackboard.working import Why
from symback.teaching.instances.derived import rule_instance


@pytest.mark.parametrize(
    "code", ["direction", "ordinary", "expectation", "curvature", "unused", Why.MIXED.value]
)
def test_a_rule_that_is_seldom_needed_has_an_instance(code: str) -> None:
    found = rule_instance(code)
    assert found is not None
    (working,) = found.blocks
    assert len(working.rows) in (1, 2)


def test_a_rule_that_there_is_not_has_none() -> None:
    assert rule_instance("no-such-rule") is None
