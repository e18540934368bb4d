/** A pattern and its replacement. */
type Rule = readonly [RegExp, string];

/** British to American spelling: endings first, then single words. */
const SPELLINGS: readonly Rule[] = [
  [/(?<=\p{L}{2})isation(?=s?\b)/iu, 'ization'],
  [
    /(?<=\b(?:organ|real|recogn|optim|summar|minim|maxim|custom|apolog|memor|priorit|util|visual|character|categor|normal|final|initial|serial|token|local|critic|emphas|general|special|standard|synchron|author|pasteur|anal|paral)(?:i|y))s(?=(?:e|ed|es|er|ers|ing)\b)/iu,
    'z',
  ],
  [
    /(?<=\b(?:col|fav|hon|lab|neighb|flav|behavi|hum|harb|rum|vap|od|vig|savi|endeav|parl|val|arm|glam))our/iu,
    'or',
  ],
  [
    /(?<=\b(?:cent|theat|lit|met|fib|calib|spect|somb|millimet|centimet|kilomet|millilit))re(?=s?\b)/iu,
    'er',
  ],
  [
    /(?<=\b(?:trave|cance|mode|labe|leve|signa|fue|due|coun[cs]e|marve))ll(?=(?:ed|ing|er|ers)\b)/iu,
    'l',
  ],
  [/(?<=\b(?:enro|fulfi|insta|ski))l(?=ments?\b)/iu, 'll'],
  [/(?<=\b(?:defen|offen|licen|preten))ce(?=s?\b)/iu, 'se'],
  [/(?<=\b(?:catal|dial|anal|mon|prol))ogue(?=s?\b)/iu, 'og'],
  [/\bjewellery\b/iu, 'jewelry'],
  [/\bmediaeval\b/iu, 'medieval'],
  [/\barchaeo/iu, 'archeo'],
  [/\bplough/iu, 'plow'],
  [/\btyre(?=s?\b)/iu, 'tire'],
  [/\bgrey\b/iu, 'gray'],
  [/\bprogramme(?=s?\b)/iu, 'program'],
  [/\bcheque(?=s?\b)/iu, 'check'],
  [/\baluminium\b/iu, 'aluminum'],
  [/\bsceptic/iu, 'skeptic'],
  [/\bmould/iu, 'mold'],
  [/\bmoustache/iu, 'mustache'],
  [/\bpyjamas\b/iu, 'pajamas'],
  [/\bwhilst\b/iu, 'while'],
  [/\blearnt\b/iu, 'learned'],
  [/\bpaediatric/iu, 'pediatric'],
  [/\banaesthe/iu, 'anesthe'],
  [/\bfoetus/iu, 'fetus'],
  [/\bkerb(?=s?\b)/iu, 'curb'],
  [/\bstorey(?=s?\b)/iu, 'story'],
  [/\bpostcode\b/iu, 'zip code'],
];

/** @returns a lower-case word in American spelling */
export function americanSpelling(word: string): string {
  const rule = SPELLINGS.find(([pattern]) => pattern.test(word));
  return rule === undefined ? word : word.replace(rule[0], rule[1]);
}
