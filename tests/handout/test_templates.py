"""Templates of a user's own: they override, and can do nothing else."""

import pytest
from handout.handouts import proved
from sampling import sample

from symback.cli.app import run
from symback.errors import InputError
from symback.rendering.handout import write_handout

HOSTILE = {
    "class": "{{ ''.__class__.__mro__ }}",
    "globals": "{{ page.m.__func__.__globals__ }}",
    "sympify": "{{ doc.derivation.loss.subs('__import__(\"os\").getcwd()', 1) }}",
    "expression": "{{ doc.marked.evalf() }}",
    "parse": "{{ doc.derivation.loss.func('x') }}",
    "model": "{{ doc.derivation.model.definition('h1', [1]) }}",
    "import": "{% import '../../pyproject.toml' as x %}",
    "absolute": "{% include '/etc/passwd' %}",
    "format": "{{ '{0.__class__}'.format(page) }}",
    "generator": "{{ (doc.steps | map('upper')).gi_frame }}",
    "mutate": "{% do doc.entries.append(1) %}",
    "environment": "{{ self._TemplateReference__context.environment }}",
    "cycler": "{{ cycler.__init__.__globals__ }}",
}


def written(folder, body, format="markdown"):
    suffix = {"markdown": "md", "html": "html"}[format]
    (folder / "handout").mkdir(exist_ok=True)
    (folder / "handout" / f"handout.{suffix}.j2").write_text(body, encoding="utf-8")
    derivation, report = proved("generic")
    return write_handout(
        format, derivation=derivation, report=report, templates=folder, title="<b>"
    ).content.decode()


def test_a_template_goes_before_ours(tmp_path):
    body = "{% import 'words.j2' as words with context %}{{ doc.title }}: {{ words.title(doc) }}"
    assert written(tmp_path, body) == r"&lt;b&gt;: Backpropagation in a 2\-2\-2 network"


def test_words_alone_can_be_replaced(tmp_path):
    from symback.rendering.environment import template_folders

    words = (template_folders()[0] / "handout" / "words.j2").read_text(encoding="utf-8")
    (tmp_path / "handout").mkdir()
    theirs = words.replace("In short", "Kurz")
    (tmp_path / "handout" / "words.j2").write_text(theirs, encoding="utf-8")
    derivation, report = proved("generic")
    page = write_handout("html", derivation=derivation, report=report, templates=tmp_path)
    assert "<h2>Kurz</h2>" in page.content.decode()


def test_our_own_templates_run_in_the_sandbox(tmp_path):
    derivation, report = proved("classifier")
    for format in sample(["latex", "markdown", "html", "notebook", "typst"], 1):
        options = {"derivation": derivation, "report": report, "detail": "standard"}
        boxed = write_handout(format, templates=tmp_path, **options)
        assert boxed.content == write_handout(format, **options).content


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_else_can_be_reached(name, tmp_path):
    with pytest.raises(InputError, match=r"handout\.md\.j2, line 1: "):
        written(tmp_path, HOSTILE[name])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"\n\n{{ foo }}", "handout.md.j2, line 3: 'foo' is undefined"),
        (b"a\n{% if %}", "handout.md.j2, line 2: Expected an expression"),
        (b"{% include '/etc/passwd' %}", "line 1: there is no template '/etc/passwd'"),
        (b"{{ 1/0 }}", "line 1: division by zero"),
        (b"{{ page.printer('x') }}", "line 1: 'str' object has no attribute"),
        (b"\xff", "a template is not UTF-8"),
        (b"{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "calls itself without an end"),
    ],
)
def test_a_fault_of_a_template_is_one_line_with_its_place(body, said, tmp_path, capsys):
    (tmp_path / "handout").mkdir()
    (tmp_path / "handout" / "handout.md.j2").write_bytes(body)
    assert run(["handout", "--layers", "2,2", "--templates", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
