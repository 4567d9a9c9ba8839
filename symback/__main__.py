"""``python -m symback`` is the command ``symback``."""

from symback.cli import main

if __name__ == "__main__":
    main()
