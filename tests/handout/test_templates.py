"""Templates of a user's own: they override, and can do nothing else."""

import pytest
from handout.handouts import proved
from jinja2.exceptions import SecurityError, TemplateError, UndefinedError

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
    assert written(tmp_path, body) == (
        "&lt;b&gt;: Backpropagation through a network of 2, 2, 2 units"
    )


def test_words_alone_can_be_replaced(tmp_path):
    from symback.rendering.environment import template_folders

    words = (template_folders()[0] / "words.j2").read_text(encoding="utf-8")
    (tmp_path / "words.j2").write_text(words.replace("Forward pass", "Vorwärts"), encoding="utf-8")
    derivation, report = proved("generic")
    page = write_handout("html", derivation=derivation, report=report, templates=tmp_path)
    assert "<h2>Vorwärts</h2>" in page.content.decode()


def test_our_own_templates_run_in_the_sandbox(tmp_path):
    derivation, report = proved("classifier")
    for format in ("latex", "markdown", "html", "notebook", "typst"):
        options = {"derivation": derivation, "report": report, "detail": "standard"}
        boxed = write_handout(format, templates=tmp_path, **options)
        assert boxed.content == write_handout(format, **options).content


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_else_can_be_reached(name, tmp_path):
    with pytest.raises((SecurityError, UndefinedError, TemplateError)):
        written(tmp_path, HOSTILE[name])
