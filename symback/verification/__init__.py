"""What can be said for a derivation, by whom, and where it fails.

Three witnesses: exact identity for all sizes, a small instance in exact arithmetic modulo a prime,
and SymPy's own derivative of the whole loss.  None of them differentiates by `symback.calculus`.
"""

from symback.verification.report import (
    Check,
    Claim,
    Location,
    Report,
    Testimony,
    Verdict,
    Witness,
)
from symback.verification.verify import verify

__all__ = [
    "Check",
    "Claim",
    "Location",
    "Report",
    "Testimony",
    "Verdict",
    "Witness",
    "verify",
]
