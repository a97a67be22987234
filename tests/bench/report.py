"""What a report of 200 answers costs: the demonstration with all of its summaries signed, each kind of file.

`python -m tests.bench.report` prints seconds; the bar is 10 for any of them.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from consult.access.models import Staff
from consult.config import Settings
from consult.consultations.models import Consultation
from consult.consultations.queries import consultation_by_slug
from consult.demo.loader import ACCOUNTS, load_demonstration
from consult.evidence.models import Excerpt
from consult.extensions import db
from consult.installation import initialise
from consult.reports.consultation_report import EDITIONS
from consult.reports.making import FORMATS, make_report
from consult.review.models import Coding, Theme
from consult.review.requests import questions_to_code
from consult.summary import services as summaries
from consult.summary.draft import Draft
from surveys.models import utc_now

SLUG = "mid-term-review"
BAR = 10.0
QUOTES = 4


def sign_everything(consultation: Consultation) -> None:
    """Accept every theme, quote four answers of each, sign each question and the whole."""
    session = db.session()
    by = session.scalars(select(Staff).where(Staff.email == ACCOUNTS["reviewer"])).one()
    for theme in session.scalars(select(Theme).where(Theme.consultation_id == consultation.id)):
        theme.status = "accepted"
    session.flush()
    for question_id in (*questions_to_code(session, consultation), None):
        summary = summaries.begin(session, consultation, question_id, by_id=by.id, today=utc_now().date())
        for found in Draft.from_json(summary.draft).content.themes:
            quoted = session.scalars(
                select(Excerpt.id)
                .join(Coding, Coding.excerpt_id == Excerpt.id)
                .where(Coding.theme_id == found.theme_id, Coding.is_current, Excerpt.quote_consent)
                .order_by(Excerpt.position, Excerpt.id)
                .limit(QUOTES)
            )
            summaries.add_quotes(session, summary, found.theme_id, list(quoted), by_id=by.id)
        summaries.sign(session, summary, revision=summary.revision, note="", by=by)
    session.commit()


def measure(app: Flask) -> float:
    """Print seconds for each kind, edition and two languages; returns the longest."""
    longest = 0.0
    with app.app_context():
        for edition in EDITIONS:
            for kind in FORMATS:
                for language in ("ar", "en"):
                    consultation = consultation_by_slug(db.session(), SLUG)
                    assert consultation is not None
                    begun, worked = time.perf_counter(), time.process_time()
                    made = make_report(
                        db.session(), consultation, language=language, edition=edition, kind=kind
                    )
                    seconds = time.perf_counter() - begun
                    worked = time.process_time() - worked
                    longest = max(longest, seconds)
                    size = f"{len(made) / 1000:6.0f} kB"
                    print(f"{edition:9}{kind:6}{language:4}{seconds:6.2f} s, {worked:5.2f} s of CPU {size}")
    return longest


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CONSULT_INSTANCE"] = str(Path(folder))
        settings = Settings.load()
        app = initialise(settings)
        with app.app_context():
            load_demonstration(settings)
            consultation = consultation_by_slug(db.session(), SLUG)
            assert consultation is not None
            sign_everything(consultation)
        longest = measure(app)
    print(f"longest {longest:.2f} s, bar {BAR:.0f} s")
    sys.exit(0 if longest <= BAR else 1)


if __name__ == "__main__":
    main()
