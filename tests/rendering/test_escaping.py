"""What a user typed comes out as the letters that it is, in every format."""

import pytest
from markupsafe import Markup

from symback.rendering.environment import environment
from symback.rendering.formats import FORMATS

HOSTILE = r"\input{/etc/passwd} \write18{ls} $x$ % # & _ ~ ^ <script>alert(1)</script> `a` *b*"


def written(name, text):
    return environment(FORMATS[name]).from_string("{{ text }}").render(text=text)


def test_latex():
    text = written("latex", HOSTILE)
    assert r"\textbackslash{}input\{/etc/passwd\}" in text
    assert r"\$x\$ \% \# \& \_ \textasciitilde{} \textasciicircum{}" in text


def test_markdown():
    text = written("markdown", HOSTILE)
    assert r"\\input\{/etc/passwd\}" in text
    assert "&lt;script&gt;" in text
    assert r"\$x\$" in text


def test_text_keeps_control_characters_from_the_terminal():
    assert written("text", "a\x1b[31mb") == r"a\x1b[31mb"


def test_python_string_cannot_be_left():
    assert written("numpy", '"""; import os') == r"\"\"\"; import os"


@pytest.mark.parametrize("name", ["text", "latex", "markdown", "numpy"])
def test_macros_escape_once(name):
    template = environment(FORMATS[name]).from_string(
        "{% macro again(t) %}{{ t }}{% endmacro %}{{ again(text) }}"
    )
    assert template.render(text="50 % & more") == written(name, "50 % & more")


def test_what_is_set_already_is_left():
    assert written("latex", Markup(r"$\frac{1}{2}$")) == r"$\frac{1}{2}$"
