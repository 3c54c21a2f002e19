"""The room's tables, as the newest version makes them, and the way there from each older one.

A changed table gets a new version and one more entry in `MIGRATIONS`; no row is ever lost.
"""

from collections.abc import Mapping

SCHEMA_VERSION = 2

# The file is shared with other rooms, so the version is a row of ours and not PRAGMA user_version.
_VERSION = "CREATE TABLE IF NOT EXISTS feedback_schema (version INTEGER NOT NULL) STRICT"

_RESULTS = """
CREATE TABLE IF NOT EXISTS results (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL,
    user TEXT NOT NULL,
    at REAL NOT NULL,                      -- seconds since 1970
    record TEXT NOT NULL                   -- JSON of the DetectionResult
) STRICT
"""
_FEEDBACK = """
CREATE TABLE IF NOT EXISTS feedback (
    id TEXT PRIMARY KEY,
    edit INTEGER NOT NULL CHECK (edit >= 1),
    sent_edit INTEGER NOT NULL DEFAULT 0,  -- the edit Elasticsearch is known to have; 0 for none
    schema INTEGER NOT NULL,               -- of the record: what it could say when it was given
    session_id TEXT NOT NULL,
    user TEXT NOT NULL,
    role TEXT NOT NULL,
    result_id TEXT NOT NULL,
    rating INTEGER CHECK (rating BETWEEN 1 AND 5),  -- NULL: only boxes were judged
    comment TEXT NOT NULL,
    verdicts TEXT NOT NULL,                -- JSON, by index
    missed TEXT NOT NULL,                  -- JSON, in the order they were drawn
    image_kept INTEGER NOT NULL CHECK (image_kept IN (0, 1)),
    prompt TEXT NOT NULL,                  -- JSON: text, phrases, caption
    model_id TEXT NOT NULL,
    revision TEXT NOT NULL,
    variant TEXT NOT NULL,
    image_digest TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    detections TEXT NOT NULL,              -- JSON, down to the detector's score floor
    threshold REAL NOT NULL,
    language TEXT NOT NULL,
    timings TEXT NOT NULL,                 -- JSON, milliseconds
    at REAL NOT NULL                       -- seconds since 1970, of the latest edit
) STRICT
"""
# What was taken back and may still be, or be on its way to, where copies go. `edit` is one more
# than the removed row ever had; rating the same result again continues from it. A row stays when
# it is sent: a copy is only replaced by a higher number, however late it arrives.
_REMOVED = """
CREATE TABLE IF NOT EXISTS feedback_removed (
    id TEXT PRIMARY KEY,
    edit INTEGER NOT NULL,
    at REAL NOT NULL,                      -- seconds since 1970
    sent INTEGER NOT NULL DEFAULT 0        -- 1 when Elasticsearch is known to have removed it
) STRICT
"""

NEWEST = (
    _VERSION,
    _RESULTS,
    "CREATE INDEX IF NOT EXISTS results_by_time ON results (at)",
    "CREATE INDEX IF NOT EXISTS results_by_session ON results (session_id)",
    _FEEDBACK,
    "CREATE INDEX IF NOT EXISTS feedback_by_session ON feedback (session_id, at)",
    "CREATE INDEX IF NOT EXISTS feedback_by_time ON feedback (at, id)",
    "CREATE INDEX IF NOT EXISTS feedback_unsent ON feedback (at) WHERE edit > sent_edit",
    "CREATE INDEX IF NOT EXISTS feedback_images ON feedback (image_digest) WHERE image_kept = 1",
    _REMOVED,
    "CREATE INDEX IF NOT EXISTS feedback_removed_unsent ON feedback_removed (at) WHERE sent = 0",
)

# SQLite cannot drop a NOT NULL, so the ratings move to a new table and their index goes with it.
_FROM_1 = (
    "DROP INDEX IF EXISTS feedback_by_session",
    "ALTER TABLE feedback RENAME TO feedback_1",
    _FEEDBACK,
    """
    INSERT INTO feedback
    SELECT id, edit, 0, 1, session_id, user, role, result_id, rating, comment, '[]', '[]', 0,
        prompt, model_id, revision, variant, image_digest, width, height, detections, threshold,
        language, timings, at
    FROM feedback_1
    """,
    "DROP TABLE feedback_1",
)

# Keyed by the version they start from.
MIGRATIONS: Mapping[int, tuple[str, ...]] = {1: _FROM_1}
