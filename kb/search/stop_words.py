"""Words that tell nothing about what is asked, and are not looked for.

English has a list of its own.  Those of other languages are Snowball's, which come with Whoosh,
and what else questions to a support team are full of.  Negations are in them, since "won't start",
"will not start" and "doesn't start" ask the same, but they still make another question of the same
words: ``Analyzer.question_key`` keeps them.
"""

from collections.abc import Mapping

from whoosh.lang.stopwords import stoplists

from kb.text import fold

_ENGLISH = """
a about after all also am an and any anyone anything are as at be because been being but by can
could did do does doing done for from get gets getting got had has have having he her here hers
him his how i if in into is it its just like me my mine of on onto or our ours please she should
so some than thank thanks that the their theirs them then there these they this those to too us
very was we were what when where which while who whom whose why will with would you your yours
im ive ill youre theyre theyve weve youve youll youd theyll theyd itll thats theres
gonna wanna hi hello hey need want
"""
_ENGLISH_NEGATIONS = """
cannot cant dont doesnt didnt isnt arent wasnt werent wont couldnt wouldnt shouldnt hasnt havent
hadnt aint
"""
_NEGATIONS = {
    "en": _ENGLISH_NEGATIONS,
    "da": "ikke ingen intet",
    "de": "nicht nichts kein keine keinem keinen keiner keines",
    "es": "no ni nada nunca sin",
    "fr": "ne n pas jamais aucun aucune sans",
    "it": "non nessun nessuno mai senza",
    "nl": "geen niet niets zonder",
    "no": "ikke ingen intet",
    "pt": "não nem nunca sem",
    "ru": "не ни нет без",
    "sv": "inte ej icke ingen utan",
}
_QUESTION_WORDS = {
    "en": "how what when where which who whose why",
    "da": "hvordan hvad hvornår hvor hvilken hvilket hvilke hvem hvorfor",
    "de": "wie was wann wo welche welchem welchen welcher welches wer wen wem warum wieso weshalb "
    "woher wohin womit wofür",
    "es": "cómo como qué que cuándo cuando dónde donde cuál cual cuáles quién quien cuánto cuanto",
    "fr": "comment quoi quand où quel quelle quels quelles qui pourquoi combien",
    "it": "come cosa quando dove dov quale quali chi perché quanto",
    "nl": "hoe wat wanneer waar welke wie waarom hoeveel",
    "no": "hvordan hva når hvor hvilken hvilket hvilke hvem hvorfor",
    "pt": "como quando onde qual quais quem quanto",
    "ru": "как что когда где какой какая какое какие кто почему зачем сколько",
    "sv": "hur vad när var vilken vilket vilka vem varför",
}
_MORE = {
    "da": "kan skal vil hej tak gerne",
    "de": "kannst könnt muß müssen musst müsst möchte möchten darf dürfen gibt brauche brauchen "
    "bitte danke hallo wurde wurden bereits mal dass",
    "es": "puedo puede pueden puedes debo debe hacer hago quiero necesito hola gracias favor",
    "fr": "cela ça cette cet si peut peux peuvent pouvez puis dois doit faut faire fait veux "
    "voudrais bonjour merci svp très tout tous toute toutes être avoir",
    "it": "posso può possono puoi devo deve fare voglio vorrei ciao grazie favore essere avere",
    "nl": "kunt kun mag graag hallo bedankt alstublieft gaat",
    "no": "kan skal vil hei takk gjerne",
    "pt": "posso pode podem devo deve fazer quero preciso olá obrigado obrigada favor ser ter",
    "ru": "чтобы нужно должен хочу пожалуйста спасибо здравствуйте это который которая которые",
    "sv": "måste vill hej tack behöver finns får gärna",
}
"""What Snowball's lists lack: asking, thanking, and forms of can, must and want."""
_TELLING = {"es": "estado estados"}
"""Words of Snowball's lists that customers mean: "estado del pedido" is the state of an order."""


def _words(text: str) -> frozenset[str]:
    return frozenset(map(fold, text.split()))


NEGATIONS: Mapping[str, frozenset[str]] = {tag: _words(text) for tag, text in _NEGATIONS.items()}
"""Function words that say "not", by language."""
QUESTION_WORDS: Mapping[str, frozenset[str]] = {
    tag: _words(text) for tag, text in _QUESTION_WORDS.items()
}
"""Function words that make another question of the same words."""
STOP_WORDS: Mapping[str, frozenset[str]] = {
    tag: (_words(" ".join(words)) - _words(_TELLING.get(tag, "")))
    | _words(_MORE.get(tag, ""))
    | NEGATIONS.get(tag, frozenset())
    | QUESTION_WORDS.get(tag, frozenset())
    for tag, words in stoplists.items()
} | {"en": frozenset(_ENGLISH.split()) | NEGATIONS["en"]}
"""By language; function words as typed, also without their apostrophe."""
CONTRACTIONS: Mapping[str, Mapping[str, str]] = {
    "en": {
        # Without the apostrophe these would be the words id, shell, hell, well, were and wed.
        "i'd": "i",
        "i'll": "i",
        "she'll": "she",
        "he'll": "he",
        "we'll": "we",
        "we're": "we",
        "we'd": "we",
        "who're": "who",
        "it'd": "it",
        # Typed without the apostrophe they would not be the question words that they are.
        "hows": "how",
        "whats": "what",
        "wheres": "where",
        "whos": "who",
    },
    "fr": {"qu'est-ce": "que", "est-ce": "que", "n'est-ce": "que", "a-t-il": "a"},
}
"""These stand for their first word."""
