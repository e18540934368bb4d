/** Irregular forms; each line has a base form and the forms made from it. */
const IRREGULAR = `arise arose arisen
awake awoke awoken
beat beaten
become became
begin began begun
bend bent
bet bets
bind bound
bite bit bitten
bleed bled
blow blew blown
break broke broken
breed bred
bring brought
build built
burn burnt
buy bought
catch caught
choose chose chosen
come came
deal dealt
dig dug
do did done does
draw drew drawn
dream dreamt
drink drank drunk
drive drove driven
eat ate eaten
fall fell fallen
feed fed
feel felt
fight fought
find found
flee fled
fly flew flown
forbid forbade forbidden
forget forgot forgotten
forgive forgave forgiven
freeze froze frozen
get got gotten
give gave given
go went gone goes
grow grew grown
hang hung
have has had
hear heard
hide hid hidden
hold held
keep kept
kneel knelt
know knew known
lay laid
lead led
lean leant
leap leapt
learn learnt
leave left
lend lent
lie lain
light lit
lose lost
make made
mean meant
meet met
mistake mistook mistaken
overcome overcame
pay paid
prove proven
ride rode ridden
ring rang rung
rise rose risen
run ran
say said
see saw seen
seek sought
sell sold
send sent
sew sewn
shake shook shaken
shine shone
shoot shot
show shown
shrink shrank shrunk
sing sang sung
sink sank sunk
sit sat
sleep slept
slide slid
smell smelt
speak spoke spoken
speed sped
spell spelt
spend spent
spill spilt
spin spun
spoil spoilt
stand stood
steal stole stolen
stick stuck
sting stung
stink stank stunk
strike struck
swear swore sworn
sweep swept
swell swollen
swim swam swum
swing swung
take took taken
teach taught
tear tore torn
tell told
think thought
throw threw thrown
understand understood
undo undid undone
wake woke woken
wear wore worn
weave wove woven
weep wept
win won
wind wound
withdraw withdrew withdrawn
write wrote written
child children
person people
man men
woman women
foot feet
tooth teeth
goose geese
mouse mice
life lives
wife wives
knife knives
leaf leaves
half halves
shelf shelves
wolf wolves
thief thieves
loaf loaves
calf calves
self selves
scarf scarves
criterion criteria
phenomenon phenomena
analysis analyses
crisis crises
thesis theses
hypothesis hypotheses
diagnosis diagnoses
basis bases
axis axes
index indices
matrix matrices
vertex vertices
appendix appendices
cactus cacti
fungus fungi
stimulus stimuli
nucleus nuclei
datum data
medium media
bacterium bacteria
good better best
bad worse worst
far farther farthest further furthest
much more most
little less least`;

const BASE_OF: ReadonlyMap<string, string> = new Map(
  IRREGULAR.split('\n').flatMap((line) => {
    const [base = '', ...forms] = line.split(' ');
    return forms.map((form) => [form, base] as const);
  }),
);

/** Endings, and what may replace them in the base form. */
const ENDINGS: readonly (readonly [ending: string, instead: string])[] = [
  ['ies', 'y'],
  ['es', ''],
  ['s', ''],
  ['ied', 'y'],
  ['ed', 'e'],
  ['ed', ''],
  ['ing', 'e'],
  ['ing', ''],
];
/** Endings of comparatives and superlatives, kept apart because a `teacher` is not a form of `teach`. */
const COMPARED: typeof ENDINGS = [
  ['ier', 'y'],
  ['er', 'e'],
  ['er', ''],
  ['iest', 'y'],
  ['est', 'e'],
  ['est', ''],
];
const SHORTEST_BASE = 3;

/**
 * Candidate base forms of `word`, itself first. Most are not words at all: look them up in a dictionary.
 */
export function baseCandidates(word: string): readonly string[] {
  const known = BASE_OF.get(word);
  return [word, ...(known === undefined ? [] : [known]), ...without(ENDINGS, word)];
}

/** Base form of an irregular form; `undefined` for other words. */
export const baseOf = (word: string): string | undefined => BASE_OF.get(word);

/** Candidate base forms of `word` as a comparative or superlative; for words that are not in the dictionary. */
export function comparativeBases(word: string): readonly string[] {
  return without(COMPARED, word);
}

function without(endings: typeof ENDINGS, word: string): string[] {
  return endings.flatMap(([ending, replacement]) => {
    const stem = word.slice(0, -ending.length);
    if (!word.endsWith(ending) || stem.length + replacement.length < SHORTEST_BASE) return [];
    // `stopping`, `biggest`
    const isDoubled = replacement === '' && stem.at(-1) === stem.at(-2);
    return isDoubled ? [stem, stem.slice(0, -1)] : [stem + replacement];
  });
}
