"""Imports every module that holds tables, so that `Base.metadata` is whole."""

from __future__ import annotations

import consult.access.models
import consult.ballots.models
import consult.builder.models
import consult.consultations.models
import consult.evidence.models
import consult.outbox
import consult.reports.models
import consult.review.codebook_models
import consult.review.double_models
import consult.review.models
import consult.review.redaction_models
import consult.stakeholders.entitlement
import consult.stakeholders.models
import consult.summary.models
import surveys.models

__all__ = ["consult", "surveys"]
