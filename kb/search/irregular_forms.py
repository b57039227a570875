"""English plurals and verb forms that no rule reduces: children, sent, frozen.

Snowball leaves them as they are, so that "my parcel was sent" would not meet "we send".
Forms that are words of their own as well are left out: left, saw, ground, wound, rose,
bit, lit, led (a lamp), hid (a kind of device), lives, leaves.
"""

from collections.abc import Mapping

_FORMS = """
begin: began begun
bend: bent
bite: bitten
blow: blew blown
break: broke broken
bring: brought
build: built
burn: burnt
buy: bought
catch: caught
child: children
choose: chose chosen
come: came
criterion: criteria
deal: dealt
draw: drew drawn
dream: dreamt
drink: drank drunk
drive: drove driven
eat: ate eaten
fall: fell fallen
feed: fed
fight: fought
find: found
fly: flew flown
foot: feet
forbid: forbade forbidden
forget: forgot forgotten
forgive: forgave forgiven
freeze: froze frozen
give: gave given
go: went gone
goose: geese
grow: grew grown
half: halves
hang: hung
hear: heard
hide: hidden
hold: held
index: indices
keep: kept
knife: knives
know: knew known
lay: laid
learn: learnt
lend: lent
lose: lost
make: made
man: men
matrix: matrices
mean: meant
mistake: mistook mistaken
mouse: mice
override: overrode overridden
overwrite: overwrote overwritten
pay: paid
person: people
prove: proven
rebuild: rebuilt
repay: repaid
resend: resent
rewrite: rewrote rewritten
ride: rode ridden
ring: rang rung
rise: risen
run: ran
say: said
sell: sold
send: sent
shake: shook shaken
shelf: shelves
shrink: shrank shrunk
sing: sang sung
sink: sank sunk
sleep: slept
smell: smelt
speak: spoke spoken
spell: spelt
spend: spent
spill: spilt
spoil: spoilt
stand: stood
steal: stole stolen
stick: stuck
swear: swore sworn
sweep: swept
swim: swam swum
take: took taken
teach: taught
tear: tore torn
tell: told
think: thought
throw: threw thrown
tooth: teeth
understand: understood
undo: undid undone
unfreeze: unfroze unfrozen
uphold: upheld
wake: woke woken
wear: wore worn
weave: woven
win: won
withdraw: withdrew withdrawn
withhold: withheld
woman: women
write: wrote written
"""

IRREGULAR_FORMS: Mapping[str, str] = {
    form: base
    for line in _FORMS.strip().splitlines()
    for base, forms in [line.split(": ")]
    for form in forms.split()
}
"""From the form to the word in the dictionary."""
