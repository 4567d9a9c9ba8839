"""Draw the pictures of README.md again: ``python docs/gallery/pictures.py``; needs Chromium."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from html import escape
from pathlib import Path

from symback.cli.app import run

HERE = Path(__file__).resolve().parent
NOTES = r"""# Backpropagation

$$h_k' = \sum_j W_{jk}^{(1)} x_j$$
$$h_k = f(h_k')$$
$$y_k' = \sum_j W_{jk}^{(2)} h_j$$
$$\hat{y}_k = g(y_k')$$

The loss is $L(y, \hat{y})$, and

$$\frac{\partial L}{\partial W_{jk}^{(2)}} = \frac{\partial L}{\partial \hat{y}_k} g'(y_k) h_j$$
"""
PAGES = {
    "sheet": "exercises --layers 2,3,1 --seed 7 --count 12 -o {}",
    "step": "page --layers 3,4,2 --activations tanh,sigmoid --loss half-squared-error -o {}",
    "report": "check notes.md -o {}",
}
CODE = "emit --layers 4,3,2 --activations tanh,softmax --loss cross-entropy -o {}"


def main() -> None:
    """Write a picture of each page, and of the heart of an emitted file."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "notes.md").write_text(NOTES, encoding="utf-8")
        for page, command in PAGES.items():
            with contextlib.chdir(folder):
                run([word.format(f"{page}.html") for word in command.split()])
            shoot(folder / f"{page}.html", HERE / f"{page}.png")
        run([word.format(folder / "gradients.py") for word in CODE.split()])
        text = (folder / "gradients.py").read_text(encoding="utf-8")
        start = text.index("def loss_and_gradients")
        body = text[start : text.index("\n\n\n", start)]
        (folder / "code.html").write_text(
            "<meta charset=utf-8><style>body{margin:24px;background:#fff;font:16px/1.45 "
            f"ui-monospace,monospace}}</style><pre>{escape(body)}</pre>",
            encoding="utf-8",
        )
        shoot(folder / "code.html", HERE / "code.png", height=760)


def shoot(page: Path, picture: Path, height: int = 800) -> None:
    """A picture of the top of a page."""
    subprocess.run(
        ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
         "--force-device-scale-factor=1", f"--window-size=1000,{height}",
         f"--screenshot={picture}", page.as_uri()],
        check=True, capture_output=True,
    )  # fmt: skip


if __name__ == "__main__":
    main()
