/**
 * Abbreviations and their full forms, one pair a line. Only unambiguous ones: others (`app` and `application`, `NLP`) are left to
 * the verifier, which compares them as different words.
 */
const ABBREVIATIONS: ReadonlyMap<string, string> = new Map(
  `e.g.=for example
i.e.=that is
etc.=and so on
vs.=versus
vs=versus
approx.=approximately
z.b.=zum Beispiel
k8s=kubernetes
js=javascript
ts=typescript
postgres=postgresql
info=information
usa=united states
u.s.=united states
u.s.a.=united states
united states of america=united states
uk=UK
u.k.=UK
united kingdom=UK
asap=as soon as possible
w/=with
w/o=without
u=you
ur=your
b/c=because
abt=about
config=configuration
args=arguments
params=parameters
func=function
ai=artificial intelligence
oop=object oriented programming
ui=user interface
os=operating system
vm=virtual machine
vms=virtual machines
aws=amazon web services
vs code=visual studio code
vscode=visual studio code
regex=regular expression
regexp=regular expression
regexes=regular expressions
csharp=c#
cpp=c++
mongo=mongodb
vars=variables
msg=message
msgs=messages
pic=picture
pics=pictures
govt=government
dept=department
univ=university
ppl=people
thru=through
cuz=because
coz=because
thx=thanks
tv=television
ceo=chief executive officer
phd=doctor of philosophy
gdp=gross domestic product
eu=european union
nyc=new york city
e.u.=european union
a.m.=am
p.m.=pm
b.a.=bachelor of arts
b.sc.=bachelor of science
m.sc.=master of science
incl.=including
excl.=excluding
esp.=especially
jan.=january
feb.=february
aug.=august
sept.=september
oct.=october
nov.=november
dec.=december
mon.=monday
tue.=tuesday
wed.=wednesday
thu.=thursday
fri.=friday
e-mail=email
e-mails=emails
wi-fi=wifi
web site=website
on-line=online
ww1=World War 1
wwi=World War 1
ww2=World War 2
wwii=World War 2
the first world war=World War 1
the second world war=World War 2
first world war=World War 1
second world war=World War 2
world war one=World War 1
world war i=World War 1`
    .split('\n')
    .map((line) => {
      const [short = '', full = ''] = line.split('=');
      return [short, full] as const;
    }),
);
/** One pattern for all, the longest first: a search for each by itself would take a tenth of a millisecond. */
const ABBREVIATION = new RegExp(
  `(?<![\\p{L}\\p{N}_.'-])(?:${[...ABBREVIATIONS.keys()]
    .sort((x, y) => y.length - x.length)
    .map((short) => short.replaceAll('.', '\\.'))
    .join('|')})(?![\\p{L}\\p{N}_'-])`,
  'giu',
);

/** Ambiguous abbreviations, expanded only where the context leaves one meaning: `Dr. Who`, but not `Rodeo Dr.`. */
const IN_PLACE: readonly (readonly [RegExp, string])[] = [
  [/(?<!\S \p{Lu}[\p{L}']* )(?<![\p{L}\p{N}-])(?:Dr|dr)\. ?(?=\p{Lu})/gu, 'Doctor '],
  [/(?<!\S \p{Lu}[\p{L}']* )(?<![\p{L}\p{N}-])(?:Prof|prof)\. ?(?=\p{Lu})/gu, 'Professor '],
  [/(?<!\S \p{Lu}[\p{L}']* )(?<![\p{L}\p{N}-])(?:St|st)\. ?(?=\p{Lu})/gu, 'Saint '],
  [/(?<![\p{L}\p{N}-])(?:Mt|mt)\. ?(?=\p{Lu})/gu, 'Mount '],
  [/(?<![\p{L}\p{N}.-])(?<!\d )max\. (?=\p{Ll})/giu, 'maximum '],
  [/(?<![\p{L}\p{N}.-])(?<!\d )min\. (?=\p{Ll})/giu, 'minimum '],
  [/(?<=\b(?:in|with|using) )golang\b/giu, 'go'],
  [
    /(?<=\b(?:my|our|your|the|a|this|sql|mysql|postgres|postgresql|mongodb|sqlite|oracle|production|local|remote|test) )(?:db|DB)(?=s?\b)/gu,
    'database',
  ],
  [/(?<![\p{L}\p{N}.-])env\. (?=en\b|\d)/giu, 'environ '],
  [/(?<![\p{L}\p{N}.-])ca\. ?(?=\d)/giu, 'approximately '],
  [/\bSat\.(?=,| \d| at\b)/gu, 'Saturday'],
  [/\bSun\.(?=,| \d| at\b)/gu, 'Sunday'],
  // Only in capitals, and not in a text that is all capitals: `us` is a pronoun, `ml` a measure.
  [/(?<![\p{L}\p{N}.$€-])US(?![\p{L}\p{N}$€-])(?:(?<=\p{Ll}.*)|(?=.*\p{Ll}))/gu, 'united states'],
  [
    /(?<![\p{L}\p{N}.-])(?<!\d ?)ML(?![\p{L}\p{N}-])(?:(?<=\p{Ll}.*)|(?=.*\p{Ll}))/gu,
    'machine learning',
  ],
];
/** Every match of `IN_PLACE` contains one of these. */
const MAYBE_IN_PLACE = /(?:dr|prof|st|mt|max|min|env|ca|sat|sun)\.|golang|\b(?:us|ml)\b|\bdbs?\b/i;

/** Phrases of questions about a word itself, where short and full form are different words. */
const ABOUT_A_WORD =
  /\b(?:means?|meaning|stands? for|short for|abbreviat\p{L}*|acronyms?|initials|spel(?:l|t|led|ling)|pronounc\p{L}+|define|definition|the (?:word|term|letters?)|how (?:do|does|would) (?:you|one|i|we) say|bedeute[nt]|heißt|steht für|abkürzung|signifie|significa|abréviation|siglas?)\b/iu;

/** Whether a text asks about a word itself, not about what it means. */
export const isAboutWord = (text: string): boolean => ABOUT_A_WORD.test(text);

/** @returns the text with common abbreviations in full, unless it is about a word */
export function expandAbbreviations(text: string): string {
  const found = text.search(ABBREVIATION) >= 0;
  const maybe = MAYBE_IN_PLACE.test(text);
  if ((!found && !maybe) || isAboutWord(text)) return text;
  const placed = maybe
    ? IN_PLACE.reduce((result, [pattern, full]) => result.replaceAll(pattern, full), text)
    : text;
  return placed.replaceAll(
    ABBREVIATION,
    (short) => ABBREVIATIONS.get(short.toLowerCase()) ?? short,
  );
}
