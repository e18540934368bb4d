/** Words that mean the same nearly everywhere, a group a line; in the form they are used most. */
const GROUPS = `show display list
create make build
begin start
fix repair correct
big large
small little
quick fast rapid
important significant
get obtain
purchase buy
error mistake
answer reply respond
remove delete
also too
choose select pick
let allow permit
benefits advantages pros
drawbacks disadvantages cons
main primary
typical common usual
film movie
photo picture
car automobile
kids children
doctor physician
mom mother
dad father
ways methods
tips advice
short brief
difference distinction
happens occurs
help assist
require need
easy simple
difficult hard
cheap inexpensive
whole entire
all every
fired sacked
sick ill
finish complete
end finish
keep retain
use utilize
house home
price cost
job occupation
smart intelligent
often frequently
nearly almost
probably likely
sum total
lawyer attorney
shop store
trash garbage
apartment flat
elevator lift
reason cause
change modify alter
explain describe clarify
write compose
enough sufficient
max maximum
min minimum
approximately roughly about around
maybe perhaps
really actually
only just
each every
determine calculate compute
improve enhance
verify check
launch start
snippet example
sample example
uncommon rare
wealthy rich
quickly fast
students pupils
employees workers
company firm
trip journey
holiday vacation
autumn fall
soccer football`;

const GROUP_OF: ReadonlyMap<string, ReadonlySet<string>> = groupsByWord();

function groupsByWord(): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const line of GROUPS.split('\n')) {
    const group = line.split(' ');
    for (const word of group) groups.set(word, new Set([...(groups.get(word) ?? []), ...group]));
  }
  return groups;
}

/** @returns words that nearly always mean the same as `word`, itself included; empty for most */
export function synonymsOf(word: string): ReadonlySet<string> {
  return GROUP_OF.get(word) ?? NONE;
}

const NONE: ReadonlySet<string> = new Set();
