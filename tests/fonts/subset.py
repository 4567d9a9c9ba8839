"""Makes the slices of STIX Two Math that an HTML handout embeds: ``python subset.py STIX.woff2``.

Needs fonttools and brotli. The font is that of https://github.com/stipub/stixfonts under the SIL
Open Font License, as npm's ``@fontsource/stix-two-math`` 5.3.0 packs it. A slice is a face of its
own: a page embeds the first, which has the table of mathematical metrics, and of the others those
whose letters it uses.
"""

import io
import string
import sys
from pathlib import Path

from fontTools import subset
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

PRIME = 0x2032
BOLD_DELTA = chr(0x1D739)


def block(start, count):
    return {chr(start + place) for place in range(count)}


SLICES = {
    "core": set(string.ascii_letters + string.digits)
    | set(" +-=/|,.:;()[]{}<>&!%*−·×⊙⊘∂∑∏√⏟⏞′≥≤≠≈…⋯⊤ℓ^~¯ˆ˜←→⃗∇∈∗∘∞⋅ℎ⊗⌊⌋‖")
    | set("αβγδεζηθικλμνξπρστυφχψω")
    | block(0x1D434, 52) | block(0x1D6FC, 25),
    "bold": block(0x1D400, 52),
    "bold-italic": block(0x1D468, 52),
    "bold-digits": block(0x1D7CE, 10),
    "script": block(0x1D49C, 26) | set("ℬℰℱℋℐℒℳℛ"),
    "greek": set("ΓΔΘΛΞΠΣΦΨΩ") | block(0x1D6E2, 26) | block(0x1D716, 6),
    "bold-greek": block(0x1D6A8, 58),
    "bold-italic-delta": {BOLD_DELTA},
    "bold-italic-greek": block(0x1D71C, 58) - {BOLD_DELTA},
}  # fmt: skip


def cut(source: Path, name: str, characters: set[str]) -> bytes:
    """One slice as WOFF2."""
    font = TTFont(source)
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = options.glyph_names = options.legacy_kern = False
    options.name_IDs = [0, 13, 14]  # the copyright and the licence stay with it
    options.drop_tables += ["GDEF", "GPOS", "GSUB", "gasp", "DSIG"]
    if name != "core":
        options.drop_tables += ["MATH"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=map(ord, characters))
    cutter.subset(font)
    if name == "core":
        _enlarge_prime(font)
    font.flavor = "woff2"
    written = io.BytesIO()
    font.recalcTimestamp = False
    font.save(written)
    return written.getvalue()


def _enlarge_prime(font: TTFont) -> None:
    """A prime is raised and small in text; as a superscript it would be raised and shrunk again.

    As in TeX, it is drawn large and low, for the place of a superscript.
    """
    name = font.getBestCmap()[PRIME]
    pen = TTGlyphPen(None)
    font.getGlyphSet()[name].draw(TransformPen(pen, (1.55, 0, 0, 1.55, -72, 30 - 1.55 * 399)))
    glyph = pen.glyph()
    glyph.recalcBounds(font["glyf"])
    font["glyf"][name] = glyph
    font["hmtx"][name] = (290, glyph.xMin)


if __name__ == "__main__":
    folder = Path(__file__).parents[2] / "symback/rendering/handout/fonts"
    for slice_name, wanted in SLICES.items():
        made = cut(Path(sys.argv[1]), slice_name, wanted)
        (folder / f"{slice_name}.woff2").write_bytes(made)
        ranges = sorted(map(ord, wanted))
        print(slice_name, len(made), ",".join(f"{code:x}" for code in ranges)[:60])
