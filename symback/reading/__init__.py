"""Mathematics found in documents and read into syntax trees and statements, and judged.

>>> from symback.reading import check
>>> report = check("$$a = 2 b$$ so $$a = b + b$$", path="notes.md")
>>> [str(judgement.status) for judgement in report.judgements]
['DEFINITION', 'PROVED']
"""

from symback.reading.answering import answer
from symback.reading.checking import check

__all__ = ["answer", "check"]
