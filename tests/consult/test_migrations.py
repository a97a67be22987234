"""Migrations go up and down with data in the tables, and make what the models say."""

from __future__ import annotations

import pytest
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import MetaData, Table, delete, func, inspect, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from consult.access import audit
from consult.access.models import AuditEntry, Role, Staff
from consult.config import Settings
from consult.consultations import services
from consult.consultations.queries import consultation_by_slug
from consult.evidence import indexing
from consult.evidence.models import EvidenceSource, Excerpt
from consult.evidence.search import SearchFilters, search
from consult.extensions import db
from consult.installation import is_ready
from consult.review.codebook_models import CodebookDraft, CodebookVersion
from consult.review.models import Coding, PlacingChunk, PlacingModel, Theme, ThemeRun
from consult.review.redaction_models import PersonalMark, PersonalReading, Settlement
from consult.stakeholders.models import StakeholderGroup
from surveys import services as survey_services
from surveys.models import Answer, Response, utc_now
from surveys.queries import latest_version
from tests.support import on_both_databases
from tests.surveys.samples import survey


@pytest.fixture
def answered(app) -> int:
    """A consultation with a response; the number of its projected answers."""
    session = db.session()
    consultation = services.create_consultation(
        session, slug="trial", title={"en": "Trial"}, languages=["en", "ar"], definition=survey()
    )
    services.open_consultation(session, consultation)
    version = latest_version(session, consultation.survey_id)
    assert version is not None
    survey_services.submit_response(
        session,
        version=version,
        submission_key="k" * 64,
        answers={"t2": "مزيد من التدريب", "i1": 12, "a1": "id-yes"},
        language="ar",
    )
    session.commit()
    return session.execute(select(func.count()).select_from(Answer)).scalar_one()


@on_both_databases
def test_the_tables_are_what_the_models_say(app):
    check()  # raises where a migration is missing


@on_both_databases
def test_down_and_up_again_keeps_the_data(app, answered):
    db.session.remove()
    downgrade(revision="0001")
    upgrade()
    session = db.session()
    assert consultation_by_slug(session, "trial").title == {"en": "Trial"}
    assert session.scalars(select(Response)).one().answers["t2"] == "مزيد من التدريب"
    assert session.execute(select(func.count()).select_from(Answer)).scalar_one() == answered > 0
    with pytest.raises(DatabaseError, match="the audit log only grows"):
        session.execute(delete(AuditEntry))


@on_both_databases
def test_down_to_nothing_and_up_again(app, answered):
    db.session.remove()
    downgrade(revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    upgrade()
    check()
    assert db.session.scalars(select(Response)).all() == []


@on_both_databases
@pytest.mark.parametrize(
    "change",
    [
        update(AuditEntry).values(actor="somebody else"),
        delete(AuditEntry),
        text("DELETE FROM audit_entry WHERE id = 1"),
    ],
)
def test_the_audit_log_only_grows(app, session, change):
    audit.record(session, "tried", consultation_slug="trial", format="csv")
    session.commit()
    with pytest.raises(DatabaseError, match="the audit log only grows"):
        session.execute(change)
    session.rollback()
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.actor, entry.action, entry.consultation_slug, entry.details) == (
        "command line", "tried", "trial", {"format": "csv"},
    )  # fmt: skip


@on_both_databases
def test_evidence_survives_the_way_down_and_up(app, answered):
    session = db.session()
    consultation = consultation_by_slug(session, "trial")
    group = StakeholderGroup(key="youth", name={"en": "Youth"})
    source = EvidenceSource(
        consultation_id=consultation.id, kind="interview", title="مقابلة", informant="عضو", groups=[group]
    )
    session.add(source)
    session.flush()
    excerpt = Excerpt(
        consultation_id=consultation.id,
        source_id=source.id,
        text="التعليم",
        text_hash="x",
        language="ar",
        speaker=1,
    )
    session.add(excerpt)
    session.commit()
    indexing.read_all()
    theirs = consultation.id, excerpt.id
    db.session.remove()
    downgrade(revision="0015")
    upgrade()
    kept = db.session.get(Excerpt, theirs[1])
    assert (kept.text, kept.speaker, kept.search_version) == ("التعليم", None, None)
    assert db.session.scalars(select(EvidenceSource)).one().title == "مقابلة"
    indexing.read_all()
    found = search(db.session(), theirs[0], "وتعليم", SearchFilters())
    assert [item.excerpt.id for item in found.items] == [theirs[1]]


@on_both_databases
def test_what_was_masked_goes_on_the_way_down_and_the_words_stay(app, answered):
    session = db.session()
    consultation = consultation_by_slug(session, "trial")
    staff = Staff(email="ana@example.org", fs_uniquifier="ana", name="Ana")
    source = EvidenceSource(consultation_id=consultation.id, kind="interview", title="One")
    session.add_all([staff, source])
    session.flush()
    excerpt = Excerpt(
        consultation_id=consultation.id, source_id=source.id, text="Ali said so", text_hash="x", language="en"
    )
    session.add(excerpt)
    session.flush()
    session.add_all(
        [
            PersonalMark(
                excerpt_id=excerpt.id, start_offset=0, end_offset=3, kind="name", origin="reviewer",
                status="masked", decided_by_id=staff.id,
            ),
            PersonalReading(excerpt_id=excerpt.id, version=1, text_hash="x"),
            Settlement(excerpt_id=excerpt.id, settled_by_id=staff.id),
        ]
    )  # fmt: skip
    session.commit()
    number = excerpt.id
    db.session.remove()
    downgrade(revision="0016")
    upgrade()
    assert db.session.get(Excerpt, number).text == "Ali said so"
    assert db.session.scalars(select(PersonalMark)).all() == []
    db.session.add(
        PersonalMark(
            excerpt_id=number, start_offset=3, end_offset=3, kind="name", origin="machine", status="found"
        )
    )
    with pytest.raises(IntegrityError, match="span_in_order"):
        db.session.flush()


def test_an_older_database_is_not_ready(app, instance, monkeypatch):
    monkeypatch.setenv("CONSULT_INSTANCE", str(instance))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert is_ready(Settings.load())
    db.session.remove()
    downgrade(revision="0001")
    assert not is_ready(Settings.load())


def test_the_roles_are_there_once(app, session):
    assert sorted(session.scalars(select(Role.name))) == ["admin", "facilitator", "reviewer"]


@on_both_databases
def test_parts_with_one_span_become_one_with_all_that_they_were_coded_as(app, answered):
    session = db.session()
    consultation = consultation_by_slug(session, "trial")
    staff = [Staff(email=f"{name}@example.org", fs_uniquifier=name, name=name) for name in ("ana", "badr")]
    source = EvidenceSource(consultation_id=consultation.id, kind="interview", title="One")
    themes = [
        Theme(consultation_id=consultation.id, question_id="t2", name={"en": n}, origin="reviewer")
        for n in "ab"
    ]
    session.add_all([source, *staff, *themes])
    session.flush()
    common = {"consultation_id": consultation.id, "source_id": source.id, "text_hash": "x", "language": "en"}
    whole = Excerpt(text="Ali said so", **common)
    session.add(whole)
    session.flush()
    whole_id, theme_ids, staff_ids = whole.id, [t.id for t in themes], [s.id for s in staff]
    session.commit()
    db.session.remove()
    downgrade(revision="0021")
    parts = [
        _old_excerpt(
            text=words, part_of_id=whole_id, start_offset=start, end_offset=start + len(words), **common
        )
        for words, start in (("Ali", 0), ("Ali", 0), ("Ali", 0), ("said", 4))
    ]
    for part, theme, coder in ((0, 0, 0), (1, 0, 0), (1, 1, 0), (2, 0, 1), (3, 0, 0)):
        db.session.add(
            Coding(
                excerpt_id=parts[part],
                theme_id=theme_ids[theme],
                coder_id=staff_ids[coder],
                origin="reviewer",
            )
        )
    db.session.commit()
    kept = [parts[0], parts[3]]
    db.session.remove()
    upgrade()
    check()
    found = db.session.scalars(
        select(Excerpt.id).where(Excerpt.part_of_id.is_not(None)).order_by(Excerpt.id)
    ).all()
    assert found == kept
    codings = db.session.execute(
        select(Coding.theme_id, Coding.coder_id).where(Coding.excerpt_id == kept[0])
    ).all()
    assert sorted(map(tuple, codings)) == sorted(
        [(theme_ids[0], staff_ids[0]), (theme_ids[1], staff_ids[0]), (theme_ids[0], staff_ids[1])]
    )


@on_both_databases
def test_chunks_of_a_run_go_on_the_way_down_and_the_run_stays(app, answered):
    session = db.session()
    consultation = consultation_by_slug(session, "trial")
    run = ThemeRun(consultation_id=consultation.id, question_id="t2", kind="place", status="running")
    session.add(run)
    session.flush()
    session.add(PlacingModel(run_id=run.id, content=b"numbers"))
    session.add_all([PlacingChunk(run_id=run.id, number=n, excerpts=[n, 7]) for n in range(2)])
    session.commit()
    assert session.scalars(select(PlacingChunk.number).where(PlacingChunk.found.is_(None))).all() == [0, 1]
    db.session.remove()
    downgrade(revision="0022")
    tables = inspect(db.engine).get_table_names()
    assert "placing_chunk" not in tables and "placing_model" not in tables
    upgrade()
    check()
    run = db.session.scalars(select(ThemeRun)).one()
    db.session.add(PlacingChunk(run_id=run.id, number=0, excerpts=[1], found=[[1, "en", [["3", 0.5]], None]]))
    db.session.add(PlacingModel(run_id=run.id, content=b"numbers"))
    db.session.commit()
    db.session.execute(delete(ThemeRun))
    db.session.commit()
    left = [db.session.scalar(select(func.count()).select_from(m)) for m in (PlacingChunk, PlacingModel)]
    assert left == [0, 0]


@on_both_databases
def test_codebook_versions_go_on_the_way_down_and_codings_stay(app, answered):
    session = db.session()
    consultation = consultation_by_slug(session, "trial")
    staff = Staff(email="ana@example.org", fs_uniquifier="ana", name="Ana")
    source = EvidenceSource(consultation_id=consultation.id, kind="interview", title="One")
    theme = Theme(
        consultation_id=consultation.id, question_id="t2", name={"en": "a"}, origin="reviewer", mark="★"
    )
    session.add_all([staff, source, theme])
    session.flush()
    excerpt = Excerpt(
        consultation_id=consultation.id, source_id=source.id, text="Ali", text_hash="x", language="en"
    )
    session.add(excerpt)
    session.flush()
    session.add_all(
        [
            Coding(excerpt_id=excerpt.id, theme_id=theme.id, coder_id=staff.id, origin="reviewer"),
            CodebookVersion(
                consultation_id=consultation.id,
                question_id="t2",
                number=1,
                content={"themes": []},
                fixed_by="Ana",
            ),
            CodebookDraft(
                consultation_id=consultation.id, question_id="t2", staff_id=staff.id, content={"entries": []}
            ),
        ]
    )
    session.commit()
    db.session.remove()
    downgrade(revision="0022")
    columns = {column["name"] for column in inspect(db.engine).get_columns("theme")}
    assert "mark" not in columns and not inspect(db.engine).has_table("codebook_version")
    downgrade(revision="0020")
    upgrade()
    check()
    theme = db.session.scalars(select(Theme)).one()
    assert (theme.name, theme.mark) == ({"en": "a"}, "")
    assert db.session.scalars(select(Coding.theme_id)).all() == [theme.id]
    assert db.session.scalars(select(CodebookVersion)).all() == []


def _old_excerpt(**values: object) -> int:
    """An excerpt in the table as it stands now, whatever the models say; its id."""
    table = Table("excerpt", MetaData(), autoload_with=db.session.connection())
    common = {"position": 0, "quote_consent": False, "created_at": utc_now().replace(tzinfo=None)}
    return db.session.execute(table.insert().values(**common, **values)).inserted_primary_key[0]


@on_both_databases
def test_who_spoke_goes_on_the_way_down_and_the_excerpt_stays(app, answered):
    session = db.session()
    consultation = consultation_by_slug(session, "trial")
    source = EvidenceSource(
        consultation_id=consultation.id, kind="workshop", title="Workshop", informant="farmers"
    )
    session.add(source)
    session.flush()
    said = {"text": "Roads", "text_hash": "x", "language": "en", "consultation_id": consultation.id}
    more = {"voice": "women farmers", "station": "Table 1", "lead": "What is missing?"}
    excerpt = Excerpt(source_id=source.id, **said, **more)
    session.add(excerpt)
    session.commit()
    number = excerpt.id
    db.session.remove()
    downgrade(revision="0022")
    upgrade()
    check()
    kept = db.session.get(Excerpt, number)
    assert (kept.text, kept.voice, kept.station, kept.lead) == ("Roads", "", "", "")
