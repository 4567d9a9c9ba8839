"""Whether lines of second order hold: by identity in a model of tangents, and by differences."""

from symback.verification.second.verify import verify_second

__all__ = ["verify_second"]
