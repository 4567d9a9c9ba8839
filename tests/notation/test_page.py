"""The page on notations says what the notations say."""

from __future__ import annotations

import re

from notation.page import PAGE, with_generated
from symback.notation import NOTATIONS, read_notation
from symback.notation.custom import FORM_TABLES


def test_the_page_is_up_to_date() -> None:
    page = PAGE.read_text("utf-8")
    assert with_generated(page) == page, "run python tests/notation/page.py"
    assert all(name in page.replace("\\", "") for name in NOTATIONS)


def test_the_example_is_a_notation() -> None:
    (text,) = re.findall(r"```toml[^\n]*\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    assert read_notation(text.encode(), "week5.toml").name == "week 5"


def test_the_code_runs() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    exec(code, {})


def test_every_table_is_named() -> None:
    page = PAGE.read_text("utf-8")
    assert all(f"`{table}`" in page for table in FORM_TABLES)
