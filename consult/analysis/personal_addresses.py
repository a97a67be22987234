"""Postal addresses in four languages: a street with a number, a building, a post-office box.

The name of a street may be in small letters in its first word; further words need a capital, so that the sentence
around it stays. Every part is bounded, so that no text takes long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from consult.analysis.masking import Span

_NUMBER = r"[\d٠-٩۰-۹]{1,5}"
_ANY = r"(?!(?:a|de|des|du|del|en|con|por|para|que|y|al|et|the|of|to|au)\b)[^\W\d_][\w'’-]{0,30}"
_CAPITAL = r"[A-ZÀ-ÖØ-ÞŒ][\w'’-]{0,30}\.?"
_LINK = (
    r"(?:(?:de\sla|de\slos|de\slas|des|du|del|de|la|le|les|los|las|el|y|et|the|al|of|aux?)\s|de\sl['’]|"
    r"[dlDL]['’])"
)
_STREET_NAME = rf"{_LINK}{{0,2}}{_ANY}\.?(?:\s{_LINK}{{0,2}}{_CAPITAL}){{0,4}}"
_CITY = rf"(?:,?\s\d{{4,5}}\s{_CAPITAL}(?:[\s-]{_CAPITAL}){{0,2}})"

_EN_ROAD = (
    r"(?i:street|st|road|rd|avenue|ave|lane|ln|close|drive|court|square|way|terrace|gardens?|crescent|"
    r"grove|hill|boulevard|blvd|row|mews|parade|quay)\b\.?"
)
_EN_IN = r"(?i:flat|apt\.?|apartment|unit|suite|room|house|block|building|bldg\.?|villa|floor)"
_ENGLISH = rf"""
    (?:{_EN_IN}\s(?i:no\.?\s)?\#?\d{{1,4}}[A-Za-z]?,?\s)?\d{{1,5}}[A-Za-z]?,?\s(?:{_CAPITAL}\s){{1,4}}{_EN_ROAD}
        (?:,\s{_EN_IN}\s(?i:no\.?\s)?\#?\w{{1,4}}\b)?
    |{_EN_IN}\s(?i:no\.?\s|number\s)?\#?\d{{1,4}}[A-Za-z]?,?\s(?:{_CAPITAL}\s){{1,4}}{_EN_ROAD}
    |(?:{_CAPITAL}\s){{1,4}}(?i:street|road|avenue|lane|boulevard),?\s(?i:no\.?\s|number\s|building\s|
    house\s)\#?\d{{1,5}}
    |(?i:p\.?\s?o\.?\sbox)\s?:?\s?\d{{1,7}}
"""
_FR_ROAD = (
    r"(?i:rue|avenue|av\.|boulevard|bd\.?|bld\.?|place|impasse|all[ée]e|chemin|route|quai|cours|square|"
    r"passage|cit[ée]|lotissement|r[ée]sidence|villa|sentier|mont[ée]e|faubourg|esplanade|hameau)"
)
_FR_IN = r"(?i:appartement|appt\.?|apt\.?|b[âa]timent|b[âa]t\.?|escalier|porte|[ée]tage|immeuble)"
_FRENCH = rf"""
    (?:(?i:num[ée]ro|n[°º]\.?)\s?)?\d{{1,4}}(?:\s?(?:bis|ter|quater))?,?\s{_FR_ROAD}\s{_STREET_NAME}{_CITY}?
        (?:,\s{_FR_IN}\s(?:n[°º]\s?)?\w{{1,4}}\b|,\s\d{{1,2}}\s?(?:e|er|[èe]me)\s[ée]tage){{0,3}}{_CITY}?
    |{_FR_IN}\s(?:n[°º]\s?)?(?:{_CAPITAL}\s)?(?:n[°º]\s?)?\d{{1,4}}\b
    |\b(?i:b\.?p\.?)\s?\d{{2,5}}\b
"""
_ES_ROAD = (
    r"(?i:calle|c/|avenida|avda\.?|av\.|plaza|pza\.?|paseo|camino|carretera|ctra\.?|ronda|traves[íi]a|"
    r"callej[óo]n|urbanizaci[óo]n|colonia|jir[óo]n|carrera|pasaje|glorieta)"
)
_ES_IN = (
    r"(?:\d{1,2}\s?\.?[ºªo°]|(?i:bajo|[áa]tico|piso\s\d{1,2}|portal\s\w{1,3}|"
    r"puerta\s\w{1,3}))(?:\s?[A-F]\b|\s(?:izq|dcha|izquierda|derecha)\b\.?)?"
)
_SPANISH = rf"""
    {_ES_ROAD}(?:\s|(?<=[./])){_STREET_NAME},?\s(?:(?i:n\.?[ºo°]\.?|n[úu]m(?:ero)?\.?|no\.?|
    \#)\s?)?\d{{1,5}}(?!\d|[.,]\d|\s?(?i:a[ñn]os|%|km|euros?|€|metros|m2?\b|horas|personas|familias|
    viviendas))(?:,?\s{_ES_IN})?{_CITY}?
    |(?i:apartado)(?:\s(?:de\scorreos|postal))?\s(?:n\.?[ºo°]\s?)?\d{{1,6}}
"""
_LETTERS = "[\u0621-\u065f\u0670-\u06d3]{1,30}"
_AR_ROAD = r"(?<!عن\s)(?<!على\s)(?:شارع|طريق|زقاق|نهج|زنقة|زنقه|درب|حارة|حاره|ممر|جادة)"
_AR_QUARTER = "(?:حي|مخيم|ضاحية|قرية|دوار|تجزئة|إقامة|اقامة)"
_AR_HOUSE = (
    "(?:بناية|بنايه|عمارة|عماره|منزل|بيت|شقة|شقه|فيلا|دار|الطابق|طابق|مبنى|بلوك|قطعة|رقم|باب|مدخل|الدور|دور)"
)
_AR_ORDINAL = "(?:الأول|الاول|الأرضي|الثاني|الثالث|الرابع|الخامس|السادس|السابع)"
_AR_IN = rf"{_AR_HOUSE}(?:\s{_AR_HOUSE})?[\s:]{{1,2}}(?:{_NUMBER}|{_AR_ORDINAL})"
_AR_NAME = rf"(?:\s(?!{_AR_HOUSE}\b){_LETTERS})"
_ARABIC = rf"""
    [وبلف]?(?:
    (?:{_AR_IN}[،,\s]{{1,2}}){{0,3}}(?:{_AR_QUARTER}{_AR_NAME}{{1,2}}[،,]?\s)?{_AR_ROAD}{_AR_NAME}{{0,3}}
        (?:[،,]?\s{_NUMBER}\b|[،,]?\s{_AR_IN})(?:[،,]?\s{_AR_IN}){{0,3}}
    |{_NUMBER}\s{_AR_ROAD}{_AR_NAME}{{1,2}}
    |(?:{_AR_IN}[،,\s]{{1,2}}){{1,3}}(?:{_AR_ROAD}|{_AR_QUARTER}){_AR_NAME}{{1,2}}
    |{_AR_QUARTER}{_AR_NAME}{{1,2}}[،,]?\s(?:{_AR_IN}[،,\s]{{0,2}}){{1,3}}
    |(?:صندوق\s(?:ال)?بريد|ص\.?\s?ب\.?)\s?:?\s?(?:رقم\s)?{_NUMBER}
    )
"""
# A few words without which no address is found: looking for them first is quick.
_LATIN_SIGN = re.compile(
    rf"\b(?:{_EN_ROAD}|{_FR_ROAD}|{_FR_IN}|{_ES_ROAD}|box|apartado|b\.?p)|c/", re.IGNORECASE
)
_ARABIC_SIGN = re.compile(f"{_AR_ROAD}|{_AR_QUARTER}|{_AR_HOUSE}|بريد|ص\\.?\\s?ب")
_LATIN = tuple(re.compile(rf"(?<!\w)(?:{part})", re.VERBOSE) for part in (_ENGLISH, _FRENCH, _SPANISH))
_IN_ARABIC = re.compile(rf"(?<!\w){_ARABIC}", re.VERBOSE)
_DIGIT = re.compile(r"\d")


def find_addresses(text: str) -> Iterator[Span]:
    """Postal addresses in a text. A street without a number is none."""
    if not _DIGIT.search(text):
        return
    patterns = [*(_LATIN if _LATIN_SIGN.search(text) else ())]
    if _ARABIC_SIGN.search(text):
        patterns.append(_IN_ARABIC)
    for pattern in patterns:
        for found in pattern.finditer(text):
            yield Span(found.start(), found.start() + len(found[0].rstrip(" ,،.")), "address")
