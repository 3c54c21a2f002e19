"""Finds words in prompts and comments: FTS5 over three letters at a time, so Chinese works too.

Triggers keep the index, so that no way of writing can forget to; it is in the same transaction.
"""

from collections.abc import Sequence

_SHORTEST = 3  # letters the index can look up; less is looked for in every text

# The numbers stand for the ratings: VACUUM may change rowids of a table with a text key.
_TABLES = (
    """
CREATE TABLE IF NOT EXISTS feedback_numbers (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE
) STRICT
""",
    """
CREATE VIRTUAL TABLE IF NOT EXISTS feedback_text USING fts5 (prompt, comment, tokenize = 'trigram')
""",
)
_TRIGGERS = (
    """
CREATE TRIGGER IF NOT EXISTS feedback_text_added AFTER INSERT ON feedback BEGIN
    INSERT INTO feedback_numbers (id) VALUES (new.id);
    INSERT INTO feedback_text (rowid, prompt, comment)
        SELECT number, new.prompt ->> 'text', new.comment FROM feedback_numbers WHERE id = new.id;
END
""",
    """
CREATE TRIGGER IF NOT EXISTS feedback_text_changed AFTER UPDATE OF prompt, comment ON feedback BEGIN
    UPDATE feedback_text SET prompt = new.prompt ->> 'text', comment = new.comment
        WHERE rowid = (SELECT number FROM feedback_numbers WHERE id = new.id);
END
""",
    """
CREATE TRIGGER IF NOT EXISTS feedback_text_removed AFTER DELETE ON feedback BEGIN
    DELETE FROM feedback_text
        WHERE rowid = (SELECT number FROM feedback_numbers WHERE id = old.id);
    DELETE FROM feedback_numbers WHERE id = old.id;
END
""",
)
# Ratings from before there was an index, or whose table was made anew.
_CATCH_UP = (
    """
DELETE FROM feedback_text WHERE rowid IN
    (SELECT number FROM feedback_numbers WHERE id NOT IN (SELECT id FROM feedback))
""",
    "DELETE FROM feedback_numbers WHERE id NOT IN (SELECT id FROM feedback)",
    """
INSERT INTO feedback_numbers (id) SELECT id FROM feedback
    WHERE id NOT IN (SELECT id FROM feedback_numbers) ORDER BY at, id
""",
    """
INSERT INTO feedback_text (rowid, prompt, comment)
    SELECT number, prompt ->> 'text', comment FROM feedback_numbers JOIN feedback USING (id)
    WHERE number NOT IN (SELECT rowid FROM feedback_text)
""",
)
# To be executed in this order, in one transaction; again at every start does no harm.
TEXT_INDEX = (*_TABLES, *_CATCH_UP, *_TRIGGERS)

_CONDITION = (
    "id IN (SELECT id FROM feedback_numbers WHERE number IN"
    " (SELECT rowid FROM feedback_text WHERE {match}))"
)
_INDEXED = _CONDITION.format(match="feedback_text MATCH ?")
_EVERYWHERE = _CONDITION.format(match=r"prompt LIKE ? ESCAPE '\' OR comment LIKE ? ESCAPE '\'")


def text_condition(text: str) -> tuple[str, Sequence[str]]:
    """Return a condition on `feedback` and its values: prompt or comment hold `text` somewhere.

    `text` is what somebody looks for and never a query: its quotes, stars and minus signs are
    letters like others.
    """
    if len(text) >= _SHORTEST:
        quoted = text.replace('"', '""')
        return _INDEXED, [f'"{quoted}"']
    escaped = text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return _EVERYWHERE, [f"%{escaped}%"] * 2
