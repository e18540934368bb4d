/** A phrase, and its canonical form. */
type Rule = readonly [RegExp, string];

/**
 * People in general. Not `you` where it means the assistant or company that is asked: beside `my` and `us`, and before verbs such as in `how do
 * you work`.
 */
const ANYBODY =
  '(?:i|we|one|someone|a person|you(?!\\b[^.?!]*\\b(?:me|my|mine|us|our|ours)\\b)(?! (?:feel|work|function|operate|think|reason|learn|look|sound|exist|live|talk|respond|behave|remember|see|hear)(?: (?:today|now|exactly|internally|so \\p{L}+|(?:about|with) \\p{L}+|(?:things|that|this)))?[\\s.?!]*$))';

/** Phrases that ask for the same thing. At the start of a sentence. */
const FORMS: readonly Rule[] = [
  [new RegExp(`^how (?:do|can|could|should|would|might) ${ANYBODY} (?:go about )?`, 'iu'), 'how '],
  [/^how (?:does (?:one|someone|somebody|anyone|a person)|do people|am i supposed to) /iu, 'how '],
  [
    /^what (?:should|can|could|must|do|would) (?:i|you|we|one)(?: need to| have to)? do (?:in order )?to /iu,
    'how ',
  ],
  [
    /^what (?:are (?:the|some) steps (?:for|to)|steps (?:should|do|must|can) (?:i|you|we|one) (?:need to )?take to) /iu,
    'how ',
  ],
  [/^how to /iu, 'how '],
  [
    /^(?:what is|what are|what was)(?: (?:the|a|some|your))? (?:(?:best|easiest|right|proper|correct|good|simplest|recommended|most effective) )*(?:ways?|methods?) (?:to|of|for) /iu,
    'how ',
  ],
  [/^(?:give|show|teach|tell) me (?:how )?to /iu, 'how '],
  [
    /^(?:give me |provide |i need )(?:some |the |step-by-step )*instructions (?:for|on|to) /iu,
    'how ',
  ],
  [/^(?:explain|describe)(?: to me)? how to /iu, 'how '],
  [/^(?:explain|describe|define)(?: to me)? (?=(?:what|how|why|when|where|who|which)\b)/iu, ''],
  [
    /^(?:what is meant by|what does the (?:word|term)|define) (?:the (?:word|term|phrase) )?/iu,
    'define ',
  ],
  [/^(?:for what reason|how come) /iu, 'why '],
  [/^in what way /iu, 'how '],
  [/^(?:why is it that|what (?:is|are) the (?:main )?reasons? (?:why|that)) /iu, 'why '],
  [/^is it true that /iu, ''],
  [/^at (?:what|which) time /iu, 'when '],
  [
    /^how much (?:do|does|is|are) (\S.*?)(?: cost| worth)(?=[\s.?!]*$)/iu,
    'what is the price of $1',
  ],
  [/^what (?:is|are) the (?:price|cost)s? (?:of|for) /iu, 'what is the price of '],
  [
    /^how (?:do|does|is|are) (\S.*?) (?:differ|different) (?:from|to) /iu,
    'what is the difference between $1 and ',
  ],
  [/^how do (\S.*? and \S.*?) differ(?=[\s.?!]*$)/iu, 'what is the difference between $1'],
  [/^what (?:is|are) the differences? between /iu, 'what is the difference between '],
  [/^what (?:do|does) (\S.*?) mean(?=[\s.?!]*$)/iu, 'define $1'],
  [/^what (?:is|are) the (?:meaning|defin\p{L}{3,7})s? of /iu, 'define '],
  [/^what (?:is|are) the (?:purpose|function|job) of (\S.*?)(?=[\s.?!]*$)/iu, 'what does $1 do'],
  [/^by (?:whom|who) (is|are|was|were) (\S.*?)(?=[\s.?!]*$)/iu, 'who $1 $2 by'],
  [
    /^(?:in|on|at) (?:what|which) (\p{L}+) (?=(?:did|do|does|is|are|was|were|can|could|will|would|has|have|had)\b)/iu,
    'what $1 ',
  ],
  [
    /^(?:which|what) (\p{L}+(?: \p{L}+)?) (is|are|was|were) (?:the )?(best|worst|\p{L}{2,}est|(?:most|least) \p{L}+)((?: (?:for|in|of|on|at|to|with)\b.*?)?)(?=[\s.?!]*$)/iu,
    'what $2 the $3 $1$4',
  ],
  [
    /^(?:give|name|list|provide|show)(?: me)? (\d+|two|three|four|five|six|ten|some|a few|several) examples of /iu,
    'what are $1 examples of ',
  ],
  [/^can (?:i|you|we|one) safely /iu, 'is it safe to '],
  [/^suggest (?:me )?(?=(?:a|an|some|\d+|one|two|three|four|five)\b)/iu, 'recommend '],
  [/^(?:draft|compose|formulate)(?: me)? (?=(?:a|an|the|my|our)\b)/iu, 'write '],
  [/^who (?:is|was) the (?:author|writer) of /iu, 'who wrote '],
  [/^who (?:is|was) the inventor of /iu, 'who invented '],
  [/^who (?:is|was) the discoverer of /iu, 'who discovered '],
  [/^who (?:is|was|were) the (?:founder|founders) of /iu, 'who founded '],
  // Only for works: the director of a film stays the same, that of a bank may change.
  [/^[Ww]ho is the director of (?!(?:\p{Lu}{2,}|the \p{Lu}{2,})(?!\p{L}))/u, 'who directed '],
  [/^(?:give|write|make|create|provide|show)(?: me)? (?:a|the) list (?:of|with) /iu, 'list '],
  [/^(?:give|write|provide)(?: me)? a summary of /iu, 'summarize '],
  [/^(?:give|write|provide)(?: me)? an? (?:explanation|description) of /iu, 'explain '],
  [/^sum up /iu, 'summarize '],
  [/^(?:talk )?about /iu, 'explain '],
  [/^(?:which|what) is /iu, 'what is '],
  [/^(?:which|what) are /iu, 'what are '],
  [/^(who|what) (?:is|was) it (?:that|who) /iu, '$1 '],
  [/^what do (?:you|we|people|they) call (\S.*?)(?=[\s.?!]*$)/iu, 'what is $1 called'],
  [
    new RegExp(
      `^what (?:happens|will happen|would happen) (?:if|when) (?:${ANYBODY}|somebody|people) `,
      'iu',
    ),
    'what happens if one ',
  ],
  [
    new RegExp(
      `^how long (?:does it take(?: (?:me|us|one|you(?!\\b[^.?!]*\\b(?:my|our)\\b)))? to|(?:do|would|will) ${ANYBODY} need to) `,
      'iu',
    ),
    'how long to ',
  ],
  [/^(?:calculate|compute|work out|how much is) (?=[\d$€£])/iu, 'what is '],
  [/^convert (\d\S* \p{L}+) (?:to|into) (?=\p{L}+\W*$)/iu, 'what is $1 in '],
  [/^(how|why|where|when|what|which \p{L}+) do (?!not )/iu, '$1 '],
  [
    /^(what|where|when|who|why|how \p{L}+) (?!(?:do|does|did|is|are|was|were|can|could|will|would|has|have|had|should)\b)(\S.*?) (is|are|was|were)(?=[\s.?!]*$)/iu,
    '$1 $3 $2',
  ],
];

/** The same, for other languages. */
const FOREIGN_FORMS: readonly Rule[] = [
  [/^comment (?:puis-je|peut-on|pourrais-je|dois-je|je peux|on peut|faire pour) /iu, 'comment '],
  [/^wie (?:kann|könnte|soll|sollte|muss) (?:ich|man|du|wir) /iu, 'wie '],
  [/^c[oó]mo (?:puedo|podr[ií]a|debo|se puede|hago para|hacer para) /iu, 'cómo '],
  [
    /^(?:erklär(?:e|en sie)?|sag|sagen sie)(?: mir)?(?: bitte)?,? (?=(?:was|wie|wer|wo|wann|warum|weshalb|welche[rsnm]?)\b)/iu,
    '',
  ],
  [
    /^(?:expliquez?|dis|dites)(?:-moi)? (?=(?:comment|pourquoi|quand|où|qui|quel(?:le)?s?|ce qu)\b)/iu,
    '',
  ],
  [
    /^(?:expl[ií]ca(?:me)?|explique|dime|d[ií]game) (?=(?:c[oó]mo|qu[eé]|por|cu[aá]l|qui[eé]n|d[oó]nde|cu[aá]ndo)\b)/iu,
    '',
  ],
  [/^erklären,? (?=(?:was|wie|wer|wo|wann|warum|weshalb|welche[rsnm]?)\b)/iu, ''],
  [/^weshalb /iu, 'warum '],
];
const FOREIGN = /^(?:c[oó]mo|comment|dime|dis|dites|d[ií]game|erklär|expl[ií]|sag|weshalb|wie)/iu;

/** "In Python, how do I X" asks the same as "how do I X in Python". */
const IN_FRONT =
  /^((?:in|on|at|with|without|for|using|during|under|as|if|when|since|because|bei|mit|ohne|für|wenn|avec|sans|pour|dans|si|con|sin|para|en|à|au) [^,.?!:;"]{2,80}), ((?!(?:and|or|but|then|und|oder|et|ou|mais|y|o|pero)\b)[^:"]{6,}?)([.?!]*)$/iu;

/** Moves the phrase to the end; its first letter, which began the sentence, becomes lower case. */
const behind = (sentence: string): string =>
  sentence.replace(
    IN_FRONT,
    (_, phrase: string, rest: string, end: string) =>
      `${rest} ${phrase.charAt(0).toLowerCase()}${phrase.slice(1)}${end}`,
  );

/** Every rule begins with one of these words: a fast path for most requests. */
const FIRST =
  /^(?:about|are|at|by|can|c[oó]mo|calculate|comment|compare|compose|compute|convert|create|define|describe|dime|dis|dites|draft|d[ií]game|erklär\p{L}*|expl\p{L}+|for|formulate|give|how|i|in|is|list|make|name|on|provide|sagen|sag|show|suggest|sum|talk|teach|tell|weshalb|what|where|when|which|who|why|wie|work|write)[ ,-]/iu;

/** @returns the sentence with its question phrase in canonical form; unchanged if no rule applies */
export function canonicalQuestion(sentence: string): string {
  const moved = behind(sentence);
  if (!FIRST.test(moved)) return moved;
  const forms = FOREIGN.test(moved) ? FOREIGN_FORMS : FORMS;
  const formed = forms.reduce((result, [pattern, by]) => result.replace(pattern, by), moved);
  return formed.replace(COMPARED, inOrder);
}

/** Two things that are compared; their order does not matter. */
const COMPARED =
  /^(what is the difference between|(?:is there|are there|what is|what are) (?:an?y? |the )?(?:similarit(?:y|ies)|differences?) between|compare) ((?:(?! and )[^,"?!]){2,60}) and ((?:(?! and )[^,"?!]){2,60}?)([\s.?!]*)$/iu;
/** A phrase that may refer to both: `between tea and coffee in Japan`. */
const BELONGS =
  / (?:in|on|at|for|with|without|when|if|by|during|using|from|to|of|as|regarding|concerning|please)(?: |$)/iu;

function inOrder(
  whole: string,
  questionPhrase: string,
  one: string,
  other: string,
  end: string,
): string {
  if (BELONGS.test(other) && !BELONGS.test(one)) return whole;
  const isInOrder = one.toLowerCase() <= other.toLowerCase();
  return isInOrder ? whole : `${questionPhrase} ${other} and ${one}${end}`;
}
