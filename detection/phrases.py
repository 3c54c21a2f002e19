"""Where the phrases of a prompt lie, found with separators and small closed classes of words.

No grammar: a phrase is what is left between separators, requests ("find", 请找出) and relations
("beside", 旁边有). ADR 0006 says why, and what this cannot do.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from detection.segments import Span, segments
from detection.words import Lexicon, Role, Word, is_named, lexicon_with, words_in

_QUOTES = "\"'`“”‘’„«»「」『』《》〈〉"


class Atom(NamedTuple):
    """A word, or several that are read as one (`length` of them), and its role."""

    role: Role
    key: str  # of its words, joined by spaces
    start: int
    end: int
    length: int = 1


_BETWEEN = {Role.LEAD, Role.COURTESY, Role.RELATION, Role.COPULA}  # always between phrases
_NAMING = {Role.THING, Role.NAME, Role.ADJECTIVE}  # at least one of them makes a phrase
_LOOSE = {Role.LINK, Role.MARK}  # may stand at a phrase's end without belonging to it
_BEFORE_LEAD = {Role.LEAD, Role.COURTESY, Role.CONJUNCTION, Role.MARK}
_NEVER_ALONE = {Role.LEAD, Role.COURTESY, Role.CONJUNCTION, Role.MARK}
_NEW_PART = _BETWEEN | {Role.CONJUNCTION, Role.RELATIVE, Role.ARTICLE, Role.QUANTITY, Role.NUMERAL}
_NEW_PART |= {Role.PRONOUN}


def find_phrases(text: str, vocabulary: frozenset[str]) -> list[Span]:
    """Return the spans (half-open code points) of the noun phrases in `text`, in order.

    A single word between separators is a phrase whatever it is ("the . dog"). Where nothing names
    a thing, all that stands between the separators is taken as it is.
    """
    lexicon = lexicon_with(vocabulary)
    found: list[Span] = []
    spare: list[Span] = []
    for start, end in segments(text):
        atoms = _read(list(words_in(text, start, end)), lexicon)
        if not atoms:
            continue
        spare.append((start, end))
        found += [run.span for run in _runs(atoms) if run.is_phrase] or _lone_word(atoms)
    tidy = (_without_quotes(text, span) for span in found or spare)
    return [(start, end) for start, end in tidy if is_named(text[start:end])]


def _read(words: Sequence[Word], lexicon: Lexicon) -> list[Atom]:
    """Group the words of one segment into atoms."""
    atoms: list[Atom] = []
    at, opening = 0, True
    while at < len(words):
        role, length = lexicon.read(words, at, opening=opening)
        if role is Role.CLASSIFIER and not _counts(atoms):
            role = Role.THING
        group = words[at : at + length]
        key = " ".join(word.key for word in group)
        atoms.append(Atom(role, key, group[0].start, group[-1].end, length))
        opening = opening and role in _BEFORE_LEAD
        at += length
    return atoms


def _counts(atoms: Sequence[Atom]) -> bool:
    return bool(atoms) and atoms[-1].role in {Role.NUMERAL, Role.QUANTITY}


@dataclass
class _Run:
    """Atoms that stand together, and what opened them."""

    opener: Atom | None = None
    atoms: list[Atom] = field(default_factory=list)

    def has(self, *roles: Role) -> bool:
        return any(atom.role in roles for atom in self.atoms)

    @property
    def is_named(self) -> bool:
        """Whether a thing was named and no link ("of", 的) waits for the next word."""
        return self.has(Role.THING, Role.NAME) and self.atoms[-1].role is not Role.LINK

    @property
    def is_phrase(self) -> bool:
        """Whether it names something. "The dog is red": a bare adjective after "is" does not."""
        if self.opener and self.opener.role is Role.COPULA:
            return self.has(Role.THING, Role.NAME)
        return self.has(*_NAMING)

    @property
    def span(self) -> Span:
        """From the first atom to the last that belong to the phrase."""
        atoms = list(self.atoms)
        while atoms[0].role in _LOOSE:
            del atoms[0]
        while atoms[-1].role in _LOOSE | {Role.PARTICLE}:
            del atoms[-1]
        if self.opener and self.opener.key.endswith("在") and atoms[-1].role is Role.SPOT:
            del atoms[-1]
        return atoms[0].start, atoms[-1].end


def _runs(atoms: Sequence[Atom]) -> Iterator[_Run]:
    """Cut the atoms of one segment where a phrase ends."""
    run = _Run()
    for at, atom in enumerate(atoms):
        following = atoms[at + 1 : at + 3]
        if atom.role in _BETWEEN or _separates(atom, run, following):
            yield run
            run = _Run(opener=atom)
        else:
            if _begins(atom, run, following):
                yield run
                run = _Run()
            run.atoms.append(atom)
    yield run


def _separates(atom: Atom, run: _Run, following: Sequence[Atom]) -> bool:
    """Whether `atom`, of a class that may lie inside a phrase, lies between two of them.

    `run` is the phrase so far, `following` the next two atoms.
    """
    match atom.role:
        case Role.CONJUNCTION:
            separates = not _joins_adjectives(run, following)
        case Role.THING:
            separates = _is_verb(run)
        case Role.RELATIVE:
            separates = atom.key != "that" or run.is_named
        case Role.PLACE:
            separates = run.is_named or not (following and following[0].role is Role.LINK)
        case Role.ACTION:
            separates = run.is_named or (_part_follows(following) and _is_free(run))
        case Role.STATE:
            separates = _part_follows(following) and (run.is_named or _is_free(run))
        case _:
            separates = False
    return separates


def _begins(atom: Atom, run: _Run, following: Sequence[Atom]) -> bool:
    """Whether a new phrase starts at `atom`, right behind the phrase so far."""
    if atom.role is Role.ARTICLE:
        return run.is_named
    if atom.role is Role.NUMERAL and following:
        return run.is_named and following[0].role is Role.CLASSIFIER
    return False


def _joins_adjectives(run: _Run, following: Sequence[Atom]) -> bool:
    """A black *and* white cat: one adjective before, one behind, and a thing after that."""
    neighbours = [*run.atoms[-1:], *following]
    roles = [atom.role for atom in neighbours]
    return roles[:2] == [Role.ADJECTIVE] * 2 and len(roles) == 3 and roles[2] not in _NEW_PART


def _is_verb(run: _Run) -> bool:
    """Whether the next word is what a thing does: the one right behind "that", "who", "which"."""
    return run.opener is not None and not run.atoms and run.opener.key in {"that", "who", "which"}


def _part_follows(following: Sequence[Atom]) -> bool:
    """Whether nothing is left for a word to describe: the next part starts, or none does."""
    return not following or following[0].role in _NEW_PART


def _is_free(run: _Run) -> bool:
    """Whether the phrase so far does not wait for a thing, as "a" or "two" would."""
    return not run.atoms or run.has(Role.ADJECTIVE)


def _lone_word(atoms: Sequence[Atom]) -> list[Span]:
    (first, *others) = atoms
    if others or first.length > 1 or first.role in _NEVER_ALONE:
        return []
    return [(first.start, first.end)]


def _without_quotes(text: str, span: Span) -> Span:
    start, end = span
    while start < end and (text[start].isspace() or text[start] in _QUOTES):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in _QUOTES):
        end -= 1
    return start, end
