import { expandAbbreviations } from './abbreviations.js';
import { expandContractions } from './contractions.js';
import { replaceDates } from './dates.js';
import { sortLists } from './sort-lists.js';
import { normaliseCharacters } from './normalise-characters.js';
import { replaceNumberWords, replaceSigns } from './number-words.js';
import { canonicalQuestion } from './question-forms.js';

/**
 * Verbs of requests to an assistant. With any other verb `can you` asks what is possible: `can you drink it` and `would you drink it` are
 * two questions.
 */
const ASKED_OF_ASSISTANTS = [
  'explain|describe|define|clarify|elaborate|outline|summari[sz]e|sum up|compare|contrast|list|name|enumerate|tell|give|show|provide|share (?=(?:me|with|some|an?|your)\\b)|find|look up',
  'suggest|recommend|propose|advise|brainstorm|come up|think of|guess|estimate|write(?! off)|draft|compose|formulate|generate|create|produce|design|implement|make (?=me\\b|it\\b|this\\b|an? (?:list|table|plan|summary)\\b)',
  'translate|convert|calculate|compute|solve|simplify|rewrite|rephrase|reword|paraphrase|proofread|correct|shorten|condense|expand|continue|(?:fix|edit|improve|change|sort|check) (?=(?:this|my|the|it|these)\\b)|review|refactor|debug|format|extract|identify|classify|analy[sz]e|evaluate',
  'answer|teach|walk|guide|remind|help|assist|spell|demonstrate|illustrate|specify|repeat|interpret|discuss|point (?=me\\b|out\\b)|break (?=down\\b|it\\b|this\\b)',
].join('|');

/**
 * Courtesies before a request. Only at the start of a sentence: in `translate "thank you"`, the words are the
 * subject of the request.
 */
const OPENINGS = new RegExp(
  `^(?:${[
    '(?:hi|hello|hey|hiya|greetings)(?: there| all| everyone| guys| again)?(?=[ ,!.:]|$)(?! (?:in|into|to|means?|meaning|as|is|or|vs|and|auf|en|world|kitty|lyrics|song)(?![\\p{L}]))',
    '(?:good )?(?:morning|afternoon|evening)(?: all| everyone)?(?=[,!.])',
    '(?:quick|simple|short|stupid|dumb|serious) question(?=[,:.!])|question(?=:)|(?:so|well|ok|okay|look|now|and|also|btw|um|uh|hmm|actually|basically|honestly)(?:[,.]+ )',
    '(?:just )?(?:curious|wondering)(?=[,:])|excuse me(?=[,.!])|as an? (?:ai|large)? ?(?:language model|assistant|ai)(?=,)',
    "i(?: know|'m aware) (?:that )?(?:this|that|it)(?: is|'s) (?:a |an |rather |very |pretty )?(?:basic|simple|silly|stupid|dumb|obvious)(?: question)?,? but",
    "(?:i|we|someone|somebody|(?:my|our) \\p{L}+)(?:'ve|'s| have| has| had)?(?: just| always| often| been)* (?:ask(?:s|ed|ing)?|wonder(?:s|ed|ing)?|thinking)(?: (?:me|us|about|this|it|that|a|lot|lately|today|yesterday|recently|all|day|for|while|ages|something|myself))*(?=:)",
    "(?:i(?: would|'d) (?:appreciate it|be (?:so |very |really )?(?:grateful|thankful|glad|happy))|it would be (?:great|nice|helpful|lovely)) if you (?:could|would)(?: please)?",
    "(?:sorry|apologies)(?: to (?:bother|disturb|interrupt) you)?(?: again)?(?:,? but |[,:]+ )|(?:hope|i hope) (?:you are|you're|this finds you|all is) (?:doing )?well(?=[,.!])",
    '(?:this|it) (?:may|might) (?:be|sound)(?: like)? a (?:silly|stupid|dumb|basic|strange|weird|odd) question,? but',
    "(?:i(?: have| have got|'ve got)|got|here is|here's) (?:a|one|another)(?: quick| short| simple| small)? (?:question|request)(?: for you)?[:.,]",
    'do me a (?:small |big |quick )?favou?r(?: and|[,:])|(?:kindly |please )?(?:help|assist) me with (?:this|the following)(?: one)?:|(?:help|assist) me (?:to )?(?=(?:understand|figure out|find out|find|write|solve|debug|fix|choose|decide)\\b)',
    "(?:i need|i could use|i'd like|i would like|i want)(?: some)? help (?:with|in|on)(?=[ :])|(?:does )?(?:anybody|anyone|somebody|someone) (?:here )?know(?:s)?(?= (?:what|how|why|when|where|who|which|whether|if)\\b)|any idea(?=,? (?:what|how|why|when|where|who|which|whether|if)\\b)",
    // `dear` with one of these addresses the assistant; the name in `Dear Ann` is part of a letter.
    'dear (?:all|team|assistant|chatbot|bot|ai|chatgpt|gpt|support|experts?|community|friends?)(?=[ ,!.:])',
    '(?:could|can|would|will) you (?:please |kindly |possibly |maybe |just )*(?:help me (?:to |and )?|tell me|let me know)(?= )',
    '(?:could|can|would|will) you (?:(?:please|kindly|possibly|maybe|just) )+(?=(?!mind\\b|be (?:so|able)\\b)\\p{L})',
    `(?:could|can|would|will) you (?=(?:${ASKED_OF_ASSISTANTS})(?!\\p{L}))`,
    'would you (?:mind|be so kind as to|be able to)|(?:is it|would it be) possible (?:for you )?to',
    '(?:please|pls|plz|kindly)(?:,? (?:tell|help) me(?: to| with)?)?',
    "i(?: would|'d)? (?:really )?(?:want|need|like|love)(?: for)? you to",
    "i(?: would|'d) (?:really )?(?:like|love|want) to (?:know|learn|understand|find out|ask)(?: about)?|i (?:want|need) to (?:know|understand|find out)(?: about)?",
    "i(?: am|'m|'ve been| have been| was) (?:just )?(?:wondering|curious)(?: if you (?:could|can)(?: tell me)?)?",
    '(?:please )?(?:tell|show) me(?= (?:what|how|why|when|where|who|which|whether|if|about|the|a|an)\\b)',
    '(?:do|would) you (?:happen to )?know(?= (?:what|how|why|when|where|who|which|whether|if)\\b)',
    '(?:may|can|could) i (?:please )?(?:ask|know)(?: you)?(?: something)?',
    "if (?:it is|it's) not too much trouble|when you have (?:a|the) (?:moment|time|minute)|be a dear and|if you (?:do not|don't) mind",
    'bitte|hallo|guten (?:tag|morgen|abend)|(?:kannst du|können sie|könntest du|könnten sie)(?: mir)?(?: bitte)?(?: sagen)?|weißt du|wissen sie',
    "bonjour|salut|s'il (?:te|vous) pla[iî]t|svp|(?:peux-tu|pouvez-vous|pourrais-tu|pourriez-vous)(?: me)?(?: dire)?",
    'hola|buen[oa]s (?:d[ií]as|tardes|noches)|por favor|(?:puedes|podr[ií]as|puede|podr[ií]a) (?:decirme|explicarme|ayudarme)|me podr[ií]a decir',
  ].join('|')})(?!(?<=\\p{L})\\p{L})[\\s,!.:;]*`,
  'iu',
);

/** Courtesies after a request. */
const CLOSINGS = new RegExp(
  `[\\s,!.;-]*(?<![\\p{L}\\p{N}])(?:${[
    "(?:many |lots of )?thanks(?: a lot| so much| a million| very much| again)?(?:,? in advance)?|thank you(?: so much| very much)?(?:,? in advance)?|thx|tia|ty|cheers|much (?:obliged|appreciated)|very kind|(?:i )?(?:would |really |greatly |'d )*appreciate (?:it|this|(?:your|the|any) (?:time|help|advice))|^(?:ta|bless you|no rush|no hurry)|(?:many )?thanks for (?:your|the|any|all your) (?:time|help|advice|support|answer)s?|(?:any|your|all) (?:help|advice|answer|tips?) (?:is|are|would be|will be) (?:much |very |greatly |highly )?(?:appreciated|welcome)",
    "please|pls|plz|kindly|if (?:you can|possible|(?:it|that)(?: is|'s) (?:ok|okay|alright|all right|fine|possible|not too much trouble)|you (?:do not|don't) mind)|when(?:ever)? you (?:can|have time|get a chance)|for me",
    'bitte(?: sehr)?|danke(?: schön| im voraus| dir| ihnen)?|vielen dank(?: im voraus)?',
    "s'il (?:te|vous) pla[iî]t|svp|merci(?: beaucoup| d'avance)?",
    'por favor|(?:muchas )?gracias(?: de antemano)?',
  ].join('|')})[\\s!.]*(?=[?]?$)`,
  'iu',
);

/** No opening begins with one of these words: a fast path for most questions. */
const NO_OPENING =
  /^(?:what|how|why|which|where|who|whose|are|was|were|explain|write|list|give|create|describe|find|convert|translate|summarize) /iu;
/** Every closing ends with one of these words. */
const MAYBE_CLOSING =
  /(?:thanks|you|advance|avance|lot|much|million|again|thx|tia|ty|cheers|obliged|appreciated|kind|it|this|times?|helps?|advices?|supports?|answers?|ta|rush|hurry|welcome|please|pls|plz|kindly|can|possible|ok|okay|right|fine|trouble|mind|chance|me|sehr|bitte|danke|schön|voraus|dir|ihnen|dank|pla[iî]t|svp|merci|beaucoup|favor|gracias|antemano)[\s!.]*\??$/iu;
/** Longer than the last word of a closing and the punctuation after it. */
const TAIL_CHARS = 40;

/** Words of emphasis, unless an amount follows: `exactly 5` is not `5`. */
const EMPHASIS =
  / (?:exactly|actually|basically|literally|on earth|the heck|the hell)(?= (?!(?:\d|one|two|three|four|five|six|seven|eight|nine|ten)\b))/giu;

/** In longer texts only spacing is normalised: they were not typed in passing. */
const MAX_REWRITTEN_CHARS = 4000;

/**
 * The plain form of a question: without greetings, thanks and polite phrases, and with one form for question phrases,
 * contractions, abbreviations, numbers and spacing, none of which changes its answer.
 *
 * Text in backquotes is kept, without the spaces that code does not need. Pure.
 */
export function plainText(text: string): string {
  const straight = straightQuotes(normaliseCharacters(text.normalize('NFC')));
  if (straight.length > MAX_REWRITTEN_CHARS) return straight.replaceAll(/\s+/gu, ' ').trim();
  const codes: string[] = [];
  const marked = !straight.includes('`')
    ? straight
    : straight.replaceAll(/`{3}[^`]*`{3}|`[^`]+`/gu, (code) => {
        codes.push(squeezed(code));
        return `\u0001${codes.length - 1}\u0001`;
      });
  const statement = sentencesOf(marked)
    .map(plainSentence)
    .filter((sentence) => sentence !== '')
    .join(' ');
  // A text that contains nothing but a greeting or thanks is kept.
  const plain = statement === '' ? courtesyIn(marked) : statement;
  return plain.replaceAll(/\u0001(\d+)\u0001/gu, (_, index: string) => codes[Number(index)] ?? '');
}

/** The plain form of a text that consists only of courtesies; all greetings have the same one. */
const courtesyIn = (text: string): string => {
  const courtesy = text.replaceAll(/[^\p{L}\p{N}']+/gu, ' ').trim();
  return /^(?:hi|hello|hey|hiya|greetings)(?: (?:there|all|everyone|guys|again))?$/iu.test(courtesy)
    ? 'hello'
    : courtesy || text.trim();
};

/** Code with spaces only where they separate two words. */
const squeezed = (code: string): string =>
  code.replaceAll(/\s+/gu, ' ').replaceAll(/ (?![\p{L}\p{N}_])|(?<![\p{L}\p{N}_]) /gu, '');

function straightQuotes(text: string): string {
  // Some data sets write quotes as ``so ''.
  const paired = /``\s|''/u.test(text) ? text.replaceAll(/``(?=\s)|''/gu, '"') : text;
  if (!/[’‘´“”„«»]/u.test(paired)) return paired;
  return paired.replaceAll(/[’‘´](?=\p{L}{1,2}\b)/gu, "'").replaceAll(/[“”„«»]/gu, '"');
}

function sentencesOf(text: string): readonly string[] {
  // Most questions are one sentence.
  if (!/[.!?]["')]*\s|\n/u.test(text)) return [text.replaceAll(/\s+/gu, ' ').trim()];
  return text
    .split(
      /(?<=[.!?]["')]*)(?<!\b(?:Dr|Mrs?|Ms|Prof|St|Mt|vs|approx|ca|min|max)\.)\s+(?=[\p{Lu}\p{N}"'(¿¡\u0001])|(?<=[!?])\s+|\n+/u,
    )
    .map((sentence) => sentence.replaceAll(/\s+/gu, ' ').trim());
}

function plainSentence(sentence: string): string {
  const bare = withoutOpenings(
    MAYBE_CLOSING.test(sentence.slice(-TAIL_CHARS)) ? withoutClosings(sentence) : sentence,
  );
  const expanded = expandAbbreviations(expandContractions(bare));
  const formed = canonicalQuestion(sortLists(withoutOpenings(expanded.replace(/^[¿¡]/u, ''))));
  return replaceNumberWords(replaceSigns(replaceDates(formed.replaceAll(EMPHASIS, ''))));
}

/** The original lines of a text, without empty ones and those that only greet or thank. */
export function linesOf(text: string): readonly string[] {
  if (!text.includes('\n')) return [];
  return text
    .split('\n')
    .filter((line) => withoutOpenings(strip(line.trim(), CLOSINGS)).trim() !== '')
    .map((line) => line.trimEnd());
}

const withoutOpenings = (sentence: string): string =>
  NO_OPENING.test(sentence) ? sentence : strip(sentence, OPENINGS);

/** `How do I say please?` asks about the word; `how do I say that, please?` is polite. */
function withoutClosings(sentence: string): string {
  const rest = strip(sentence, CLOSINGS);
  return WANTS_WORDS.test(rest) ? sentence : rest;
}

/** After one of these, a courtesy is the word that is asked about. */
const WANTS_WORDS = new RegExp(
  `(?:^|[^\\p{L}])(?:${[
    'say(?:s|ing)?|said|spell?(?:s|ed|ing)?|spelt|pronounce[ds]?|translate[ds]?|s[aiu]ngs?|sings|writes?|written|wrote|types?|signs?|gestures?|express(?:es)?|repl(?:y|ies)|answers?|means?|called|titled|named',
    '(?:the )?(?:word|words|phrase|song|title|term|synonyms?|antonyms?|gesture|sign|emoji)(?: (?:for|of|is))?|(?:ends?|begins?|starts?|close[ds]?|finish|responds?|replies|reply|answers?|sign)(?: (?:it|this|that|off|the \\p{L}+|an? \\p{L}+))?(?: with| by(?: saying)?)|between|than|or|and|use|using',
    '(?:say|said|spell|pronounce|sign|write|translate|sag(?:t|en)?|heißt|heisst|schreib(?:t|en)?|dit|dit-on|dire|dice|decir|dices|diz)(?: man| it| on)? (?:in|into|to|auf|ins|en|em|in die) \\p{L}+',
    'sag(?:t|en)?(?: man)?|heißt|heisst|bedeutet|dit-on|dire|signifie|dice|decir|significa',
  ].join('|')})[\\s?!.]*$|[:"][\\s?!.]*$`,
  'iu',
);

/** Removes `pattern` repeatedly, at most four times. */
function strip(sentence: string, pattern: RegExp): string {
  let rest = sentence;
  // More than four courtesies in a row do not occur in practice.
  for (let round = 0; round < 4; round++) {
    const next = rest.replace(pattern, '');
    if (next === rest) break;
    rest = next;
  }
  return rest;
}
