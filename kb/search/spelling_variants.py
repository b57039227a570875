"""British and American spelling, reduced to one of the two.

Closed groups are tables of their roots, so that hour, four and fire stay what they are.
Only -ise and -yse are open and go by rule, with the words that have always an s as
exceptions.  Which of the two is kept does not matter: articles and questions are
treated alike, and the customer never sees the result.  ``cheque`` and ``check`` stay
apart, for one of them is a piece of paper and the other is what customers do with it.
"""

import re
from collections.abc import Mapping

_OUR = re.compile(
    r"((?:dis|mis|un|multi)?(?:"
    r"ard|arm|behavi|cand|clam|col|endeav|fav|ferv|flav|glam|harb|hon|hum|lab|neighb|od|parl|rum|"
    r"sav|splend|tum|val|vap|vig))our([a-z]*)"
)
_RE = re.compile(
    r"((?:kilo|centi|milli|micro|nano|epi|deci)?(?:calib|cent|fib|lit|lust|meag|met|sab|somb|spect"
    r"|theat))re(s|d)?"
)
_ISE = re.compile(
    r"([a-z]*[aeiouy][a-z]*(?:is|[ai]lys))(e|ed|es|ing|er|ers|able|ation|ations|ational)"
)
_WORDS_WITH_S = """
advertise advise appraise apprise arise braise bruise cerise chastise chemise circumcise
clockwise comprise compromise concise counterclockwise counterpoise cruise demise despise
devise disguise enterprise excise exercise exorcise expertise franchise fundraise guise
imprecise improvise incise liaise likewise malaise mayonnaise merchandise moonrise noise
otherwise pairwise paradise poise porpoise praise precise premise prise promise raise
reprise revise rise stepwise sunrise supervise surmise surprise televise tortoise treatise
turquoise unwise uprise vise wise
"""
_ALWAYS_S = frozenset(word.removesuffix("e") for word in _WORDS_WITH_S.split())
_WORDS = """
adaptor: adapter
adaptors: adapter
ageing: aging
aluminium: aluminum
analogue: analog
analogues: analog
artefact: artifact
artefacts: artifact
catalogue: catalog
catalogues: catalog
catalogued: catalog
cataloguing: catalog
centring: center
colonise: colonize
cosy: cozy
counsellor: counselor
counsellors: counselor
defence: defense
defences: defense
dialled: dial
dialler: dialer
dialling: dial
dialogue: dialog
dialogues: dialog
disc: disk
discs: disk
doughnut: donut
doughnuts: donut
draught: draft
draughts: draft
encyclopaedia: encyclopedia
enrol: enroll
enrolment: enrollment
enrols: enroll
epilogue: epilog
fuelled: fuel
fuelling: fuel
fulfil: fulfill
fulfilment: fulfillment
fulfils: fulfill
grey: gray
greyed: gray
greying: gray
greys: gray
greyscale: grayscale
instalment: installment
instalments: installment
jewellery: jewelry
judgement: judgment
judgements: judgment
kerb: curb
licence: license
licences: license
manoeuvre: maneuver
manoeuvres: maneuver
marvellous: marvelous
monologue: monolog
mould: mold
moulds: mold
mouldy: moldy
offence: offense
offences: offense
orthopaedic: orthopedic
paediatric: pediatric
plough: plow
practise: practice
practised: practice
practises: practice
practising: practice
pretence: pretense
programme: program
programmes: program
pyjamas: pajamas
sceptical: skeptical
skilful: skillful
speciality: specialty
storey: story
sulphur: sulfur
tyre: tire
tyres: tire
whilst: while
woollen: woolen
yoghurt: yogurt
"""

_TABLE: Mapping[str, str] = {
    british: american
    for line in _WORDS.strip().splitlines()
    for british, american in [line.split(": ")]
}


def to_american(word: str) -> str:
    """The American spelling of a folded English word; most words are returned as they are."""
    known = _TABLE.get(word)
    if known is not None:
        return known
    if "our" in word and (match := _OUR.fullmatch(word)):
        return f"{match[1]}or{match[2]}"
    if "tre" in word or "bre" in word or "cre" in word or "gre" in word:
        match = _RE.fullmatch(word)
        if match:
            return f"{match[1]}er{match[2] or ''}".replace("erd", "ered")
    if "is" in word or "ys" in word:
        match = _ISE.fullmatch(word)
        if match and match[1] not in _ALWAYS_S:
            return f"{match[1][:-1]}z{match[2]}"
    return word
