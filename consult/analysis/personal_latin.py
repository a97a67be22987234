"""Names given as such in English, French and Spanish: after an introduction, a title, a kinship, at the end of a
letter, or beginning with a well known given name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from consult.analysis.masking import Span
from consult.analysis.stopwords import read_words

_UP = "A-ZÀ-ÖØ-ÞŒŠŽĞİŞ"
_PARTICLES = "de|del|della|da|dos|du|des|von|van|der|den|bin|ben|bint|ibn|al|el|ould"
_PARTICLE = rf"(?:de\sla|de\slos|de\slas|{_PARTICLES}|d['’]|l['’])"
_PART = rf"(?:[dlDL]['’])?[{_UP}][\w'’]*(?:[-‑][{_UP}a-z][\w'’]*)*\.?"
_NAME = rf"(?:{_PARTICLE}\s?)?{_PART}(?:\s(?:{_PARTICLE}\s?){{0,2}}{_PART}){{0,4}}"
_NAME_AT = re.compile(_NAME)
_LOWER_AT = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*(?: [^\W\d_]+(?:[-'’][^\W\d_]+)*){0,2}")

# After these anything that can be a name is one, even in small letters.
_INTRODUCTION = re.compile(
    r"""\b(?:my\s(?:full\s|first\s|last\s|real\s)?name(?:\sis|['’]s|:)|i(?:['’]m|\sam)\scalled|
    je\sm['’]appell?e|mon\snom(?:\scomplet)?(?:\sest|\s?:)|mon\spr[ée]nom\sest|je\sme\snomme|
    me\sllamo|mi\snombre(?:\scompleto)?(?:\ses|:))\s+""",
    re.IGNORECASE | re.VERBOSE,
)
# After these a name has a capital.
_SAID = re.compile(
    r"""(?:\b(?:(?:they|people)\scall\sme|on\s(?:me\ssurnomme|m['’]appelle)|me\s(?:dicen|llaman|conocen\scomo)|named|called|known\sas|a\scertain|s['’]appelle|nomm[ée]e?|surnomm[ée]e?|un\scertain|une\scertaine|se\sllama|
    llamad[oa]|un\stal|una\stal|apodad[oa]|d[ée]nomm[ée]e?)\s+)""",
    re.IGNORECASE | re.VERBOSE,
)
_LABELLED = re.compile(
    r"""\b(?:(?:full\s)?name|contact(?:\sperson)?|signed|nom(?:\set\spr[ée]nom)?|pr[ée]nom|sign[ée]e?|nombre(?:\sy\sapellidos)?|
    apellidos?|firmado|fdo|persona\sde\scontacto)\.?[\s\u00a0]?:[\s\u00a0]*""",
    re.IGNORECASE | re.VERBOSE,
)
_GREETING = re.compile(
    r"""\b(?:regards|sincerely|faithfully|truly|best\swishes|thank\syou|thanks|cheers|cordialement|sinc[èe]rement|bien\s[àa]\svous|
    salutations(?:\sdistingu[ée]es)?|respectueusement|merci|atentamente|cordialmente|saludos(?:\scordiales)?|un\ssaludo|gracias|
    un\sabrazo)(?:,\s*|\s*\n\s*)""",
    re.IGNORECASE | re.VERBOSE,
)
_I_AM = re.compile(
    r"(?:\b(?:i\sam|i['’]m|this\sis|je\ssuis|c['’]est|soy|yo,|moi,|i,|aqu[ií])\s+)", re.IGNORECASE
)
_TITLE = re.compile(
    r"""(?<![\w'’])(?:
    (?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Rev|Eng|Capt|Hon|Sr|Sra|Srta|Dra|Ing|Lic|Mme|Mlle|Mgr|Me|MM|M|Pr|D)\b\.?|
    (?:[Ss]ir|[Mm]adam|[Dd]octor|[Pp]rofessor|[Ss]heikh|[Ii]mam|[Rr]everend|[Ff]ather|[Ss]ister|[Bb]rother|[Uu]ncle|[Aa]unt(?:ie|y)?|[Ee]ngineer|
    [Pp]resident|[Mm]ayor|[Hh]ajj?i?|[Tt]eacher|[Hh]ead(?:teacher|master|mistress)|[Nn]urse|[Jj]udge|[Cc]aptain|[Mm]inister|[Cc]ouncillor|
    [Mm]onsieur|[Mm]adame|[Mm]ademoiselle|[Dd]octeure?|[Pp]rofesseure?|[Mm]a[îi]tre|[Pp]ère|[Ss](?:œ|oe)ur|[Ff]rère|[Tt]onton|[Tt]ata|[Oo]ncle|[Tt]ante|
    [Pp]résidente?|[Cc]heikh|[Ii]nfirmi(?:er|ère)|[Ii]nstituteur|[Ii]nstitutrice|
    [Ss]eñor(?:a|ita)?|[Dd]on|[Dd]oña|[Dd]octora|[Pp]rofesora?|[Mm]aestr[oa]|[Ii]ngenier[oa]|[Ll]icenciad[oa]|[Pp]adre|[Ss]or|[Hh]erman[oa]|
    [Pp]residente|[Pp]residenta|[Aa]lcalde(?:sa)?|[Tt][íi][oa]|[Cc]ompañer[oa]|[Vv]ecin[oa]|[Ee]nfermer[oa]|[Dd]irectora?)
    ),?[\s\u00a0]+""",
    re.VERBOSE,
)
_KIN = re.compile(
    r"""\b(?:(?:my|our|his|her)\s(?:late\s|older\s|younger\s)?(?:son|daughter|husband|wife|brother|sister|mother|father|neighbou?r|friend|boss|teacher|
    manager|colleague|cousin|uncle|aunt|grandmother|grandfather|child|baby)|
    (?:mon|ma|notre|son|sa)\s(?:fils|fille|mari|femme|frère|s(?:œ|oe)ur|mère|père|voisine?|amie?|chef|prof|collègue|cousine?|oncle|tante|enfant)|
    (?:mi|nuestr[oa]|su)\s(?:hij[oa]|marido|esposo|esposa|mujer|herman[oa]|madre|padre|vecin[oa]|amig[oa]|jef[ea]|prim[oa]|t[íi][oa]|abuel[oa]|compañer[oa])
    ),?\s+""",
    re.IGNORECASE | re.VERBOSE,
)
# What stands before a street, a school, a saint that is named after somebody, and what follows one.
_NAMED_AFTER = re.compile(
    r"""(?:\b(?:saint|saints|sainte|st|ste|san|santa|santo|king|queen|prince|princess|prophet|pope|lake|mount|mount|cape|port|fort|university|
    school|hospital|college|street|avenue|bridge|rue|avenue|boulevard|bd|place|square|[ée]cole|lyc[ée]e|coll[èe]ge|universit[ée]|h[ôo]pital|
    fondation|institut|pont|roi|reine|proph[èe]te|pape|stade|a[ée]roport|calle|avenida|paseo|plaza|colegio|instituto|universidad|hospital|
    fundaci[óo]n|puente|rey|reina|profeta|papa|estadio|aeropuerto|barrio|r[íi]o|biblioteca|parque|c/)\.?[\s-](?:de\s|del\s|de\sla\s|du\s)?)$""",
    re.IGNORECASE | re.VERBOSE,
)
_PLACE_AFTER = re.compile(
    r"""[\s-](?:street|st|road|rd|avenue|ave|bridge|school|university|hospital|college|foundation|institute|centre|center|airport|square|
    mosque|church|park|lane|close|drive|library|stadium|fund|trust|award)\b|\s?\d{1,3}\s?[:,]\s?\d""",
    re.IGNORECASE | re.VERBOSE,
)
_FIRST = re.compile(rf"(?<![\w@.'’/-]){_PART}")
_INITIALS = re.compile(rf"(?:[{_UP}]\.\s?)+$")


def find_latin_names(text: str) -> Iterator[Span]:
    """Names of people in the parts of a text in Latin letters."""
    for found in _INTRODUCTION.finditer(text):
        yield from _here(text, found.end(), least=1, small=True)
    for pattern in (_SAID, _LABELLED, _GREETING):
        for found in pattern.finditer(text):
            yield from _here(text, found.end(), least=1)
    for found in _I_AM.finditer(text):
        yield from _here(text, found.end(), least=2)
    for found in _TITLE.finditer(text):
        yield from _here(text, found.end(), least=1)
    for found in _KIN.finditer(text):
        yield from _here(text, found.end(), least=1)
    yield from _well_known(text)


def _here(text: str, place: int, *, least: int, small: bool = False) -> Iterator[Span]:
    """The name that begins at a place: of `least` words, of which fewer do where the first is a given name."""
    found = _NAME_AT.match(text, place)
    if found is None:
        if small and (lower := _LOWER_AT.match(text, place)):
            yield from _small(lower)
        return
    end = _less_common(text, found)
    words = text[place:end].split()
    if not words or _plain(words[0]) in _common():
        return
    if _PLACE_AFTER.match(text, end):
        return
    real = [word for word in words if any(sign.isupper() for sign in word)]
    is_sure = bool(real) and _is_given(real[0])
    if not real or (not is_sure and (len(real) < least or (least > 1 and text[place:end].isupper()))):
        return
    yield Span(place, end, "name")


def _less_common(text: str, found: re.Match[str]) -> int:
    """Where the name ends: before a word that begins a sentence or is no name."""
    end = found.start()
    for word in re.finditer(r"\S+", found[0]):
        is_first = end == found.start()
        plain = word[0].rstrip(".")
        if not is_first and plain[:1].isupper() and _plain(plain) in _no_names() and len(plain) > 1:
            break
        end = found.start() + word.end()
        if word[0].endswith(".") and len(plain) > 2:
            return end - 1  # a full stop
    while end > found.start() and text[found.start() : end].split()[-1].islower():
        end = found.start() + text[found.start() : end].rstrip().rfind(" ")
    return end - 1 if text[end - 1 : end] == "." and not _INITIALS.search(text[found.start() : end]) else end


def _small(found: re.Match[str]) -> Iterator[Span]:
    """A name in small letters after an introduction: words until one that is no name."""
    end = found.start()
    for word in re.finditer(r"\S+", found[0]):
        if _plain(word[0]) in _common() or len(word[0]) < 2:
            break
        end = found.start() + word.end()
    if end > found.start():
        yield Span(found.start(), end, "name")


def _well_known(text: str) -> Iterator[Span]:
    """What begins with a given name from the list, unless it is the name of a street, a school or a saint."""
    past = 0
    for found in _FIRST.finditer(text):
        first = re.split(r"[-‑]", found[0].rstrip("."))[0]
        if found.start() < past or not _is_given(first):
            continue
        whole = _NAME_AT.match(text, found.start())
        end = past = _less_common(text, whole) if whole else found.end()
        if _NAMED_AFTER.search(text, max(0, found.start() - 30), found.start()) or _PLACE_AFTER.match(
            text, end
        ):
            continue
        if end > found.start():
            yield Span(found.start(), end, "name")


def _is_given(word: str) -> bool:
    return _key(word) in _given()


def _plain(word: str) -> str:
    return word.casefold().replace("’", "'").strip(".,;:!?").removesuffix("'s")


def _key(word: str) -> str:
    """A word without accents."""
    plain = unicodedata.normalize("NFKD", _plain(word))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


@cache
def _given() -> frozenset[str]:
    return frozenset(_key(name) for name in read_words("given-names-latin"))


@cache
def _no_names() -> frozenset[str]:
    """Words that are part of no name, though they may have a capital."""
    return frozenset(_plain(word) for word in read_words("latin-not-names")) - _given()


@cache
def _common() -> frozenset[str]:
    """Words with which no name begins."""
    listed = {
        _plain(word)
        for code in ("en", "fr", "es")
        for word in (*read_words(f"stopwords-{code}"), *read_words(f"weak-{code}"))
    }
    return frozenset((listed | _no_names()) - _given())
