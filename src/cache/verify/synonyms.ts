/** Verbs that nearly always mean the same, one group a line; in all their regular forms. */
const VERBS = `show display list
create make build
start launch
fix repair correct
obtain get
answer reply respond
delete remove
choose select pick
allow permit let
happen occur
help assist
require need
finish complete
end finish
keep retain
use utilize
change modify alter
explain describe clarify
write compose
determine calculate compute
improve enhance
verify check
purchase buy
eliminate remove
recommend suggest
attempt try`;

/** Nouns that nearly always mean the same, in singular and plural. */
const NOUNS = `error mistake
benefit advantage pro
drawback disadvantage con
film movie
photo picture
car automobile
kid child
doctor physician
mom mother
dad father
way method
tip advice
price cost
job occupation
lawyer attorney
shop store
apartment flat
elevator lift
reason cause
snippet example
sample example
student pupil
employee worker
company firm
trip journey
holiday vacation
house home
app application
repo repository
tap faucet
colleague coworker
buddy friend
sofa couch
university college
topic subject
illness disease
nation country
baby infant
goal aim objective
issue problem
inhabitant resident
overview summary`;

/** Other words, only in the forms given. */
const OTHERS = `create creation
begin start
big large
bigger larger
biggest largest
small little
quick fast rapid
quicker faster
quickest fastest
important significant
got obtained
bought purchased
made created
wrote composed
written composed
chose selected
chosen selected
also too
main primary
typical common usual
kids children
ways methods
short brief
difference distinction
easy simple
difficult hard
cheap inexpensive
whole entire
all every
fired sacked
sick ill
smart intelligent
often frequently
nearly almost
probably likely
sum total
trash garbage
enough sufficient
max maximum
min minimum
approximately roughly about around
maybe perhaps
really actually
only just
each every
uncommon rare
wealthy rich
quickly fast
autumn fall
soccer football
instructions directions
following below
annual yearly
permitted allowed
assistance help`;

/** A noun in the plural, or a verb as he does it, by rule: `boxes`, `tries`. */
export const pluralOf = (word: string): string => {
  if (/(?:s|x|ch|sh)$/u.test(word)) return `${word}es`;
  return /[^aeiou]y$/u.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`;
};
const past = (word: string): string => {
  if (word.endsWith('e')) return `${word}d`;
  return /[^aeiou]y$/u.test(word) ? `${word.slice(0, -1)}ied` : `${word}ed`;
};
const going = (word: string): string =>
  /[^e]e$/u.test(word) ? `${word.slice(0, -1)}ing` : `${word}ing`;
const asIs = (word: string): string => word;

/** Wrong forms of irregular words (`maked`) do no harm, because they hardly occur. */
const FORMS: readonly (readonly [groups: string, forms: readonly ((word: string) => string)[]])[] =
  [
    [VERBS, [asIs, pluralOf, past, going]],
    [NOUNS, [asIs, pluralOf]],
    [OTHERS, [asIs]],
  ];

const GROUP_OF: ReadonlyMap<string, ReadonlySet<string>> = groupsByWord();

function groupsByWord(): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const [lines, forms] of FORMS) {
    for (const line of lines.split('\n')) {
      for (const form of forms) addGroup(groups, line.split(' ').map(form));
    }
  }
  return groups;
}

function addGroup(groups: Map<string, Set<string>>, group: readonly string[]): void {
  for (const word of group) groups.set(word, new Set([...(groups.get(word) ?? []), ...group]));
}

/** @returns words that nearly always mean the same as `word`, itself included; empty for most */
export function synonymsOf(word: string): ReadonlySet<string> {
  return GROUP_OF.get(word) ?? NONE;
}

const NONE: ReadonlySet<string> = new Set();
