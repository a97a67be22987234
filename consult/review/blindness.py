"""For whom answers are still blind: whoever has to code them in a round of double coding before seeing what others
said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.review.double_models import BlindCoding, DoubleCoding
from consult.review.snapshots import batches


def awaited_anywhere(
    session: Session, consultation_id: int, excerpt_ids: Iterable[int], *, coder_id: int
) -> set[int]:
    """Those of these (whole) excerpts for which any round of the consultation waits: see `awaited_in`."""
    ids = set(excerpt_ids)
    rounds = session.scalars(select(DoubleCoding).where(DoubleCoding.consultation_id == consultation_id))
    return set().union(*(awaited_in(session, one, ids, coder_id=coder_id) for one in rounds.all()))


def awaited_in(session: Session, one: DoubleCoding, excerpt_ids: Iterable[int], *, coder_id: int) -> set[int]:
    """Those of these (whole) excerpts for which a round waits for what this coder says. It does not wait for who takes
    no part in it where two others have coded the excerpt."""
    ids = set(excerpt_ids) & set(one.excerpt_ids)
    if not ids:
        return set()
    in_round = BlindCoding.round_id == one.id
    takes_part = select(BlindCoding.id).where(in_round, BlindCoding.coder_id == coder_id).limit(1)
    is_outside = session.scalar(takes_part) is None
    coders: dict[int, set[int]] = defaultdict(set)
    for some in batches(ids):
        of_some = BlindCoding.excerpt_id.in_(some)
        said = select(BlindCoding.excerpt_id, BlindCoding.coder_id).where(in_round, of_some)
        for excerpt_id, coder in session.execute(said):
            coders[excerpt_id].add(coder)
    return {n for n in ids if coder_id not in coders[n] and not (is_outside and len(coders[n]) > 1)}
