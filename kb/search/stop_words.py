"""Words that tell nothing about what is asked, and are not looked for.

Only English has a list.  Negations are in it, since "won't start", "will not start" and
"doesn't start" ask the same, but they still make another question of the same words:
``Analyzer.question_key`` keeps them.
"""

from collections.abc import Mapping

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
NEGATIONS: Mapping[str, frozenset[str]] = {"en": frozenset(_ENGLISH_NEGATIONS.split())}
"""Function words that say "not", by language."""
STOP_WORDS: Mapping[str, frozenset[str]] = {
    "en": frozenset(_ENGLISH.split()) | NEGATIONS["en"],
}
"""By language; function words as typed, also without their apostrophe."""
QUESTION_WORDS: Mapping[str, frozenset[str]] = {
    "en": frozenset(("how", "what", "when", "where", "which", "who", "whose", "why")),
}
"""Function words that make another question of the same words."""
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
    }
}
"""These stand for their first word."""
