/** One form of a sentence, and the form that stands for it. */
type Rule = readonly [RegExp, string];

/** Forms of a question that ask for the same. At the start of a sentence. */
const FORMS: readonly Rule[] = [
  [/^how (?:do|can|could|should|would|might) (?:i|you|we|one|someone|a person) /iu, 'how '],
  [
    /^how (?:does (?:one|someone|somebody|anyone|a person)|do people|am i supposed to|(?:would|do|should|can|could) (?:you|i|we|one) go about) /iu,
    'how ',
  ],
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
  [/^how much (?:do|does|is|are) (\S.*?)(?: cost| worth)(?=\W*$)/iu, 'what is the price of $1'],
  [/^what (?:is|are) the (?:price|cost)s? (?:of|for) /iu, 'what is the price of '],
  [
    /^how (?:do|does|is|are) (\S.*?) (?:differ|different) (?:from|to) /iu,
    'what is the difference between $1 and ',
  ],
  [/^how do (\S.*? and \S.*?) differ(?=\W*$)/iu, 'what is the difference between $1'],
  [/^what (?:is|are) the differences? between /iu, 'what is the difference between '],
  [/^what (?:do|does) (\S.*?) mean(?=\W*$)/iu, 'define $1'],
  [/^what (?:is|are) the (?:meaning|definition)s? of /iu, 'define '],
  [/^who (?:is|was) the (?:author|writer) of /iu, 'who wrote '],
  [/^who (?:is|was) the inventor of /iu, 'who invented '],
  [/^who (?:is|was) the discoverer of /iu, 'who discovered '],
  [/^who (?:is|was|were) the (?:founder|founders) of /iu, 'who founded '],
  [/^who (?:is|was) the director of /iu, 'who directed '],
  [/^(?:give|write|make|create|provide|show)(?: me)? (?:a|the) list (?:of|with) /iu, 'list '],
  [/^(?:give|write|provide)(?: me)? a summary of /iu, 'summarize '],
  [/^(?:give|write|provide)(?: me)? an? (?:explanation|description) of /iu, 'explain '],
  [/^sum up /iu, 'summarize '],
  [/^(?:talk )?about /iu, 'explain '],
  [/^(?:which|what) is /iu, 'what is '],
  [/^(?:which|what) are /iu, 'what are '],
];

/** With one of these every rule begins; most requests begin otherwise, and are not looked at further. */
const FIRST =
  /^(?:about|at|create|define|describe|explain|for|give|how|in|is|make|provide|show|sum|talk|teach|tell|what|which|who|why|write) /iu;

/** @returns a sentence in the form that stands for all that ask the same; others as they are */
export function usualForm(sentence: string): string {
  if (!FIRST.test(sentence)) return sentence;
  return FORMS.reduce((result, [pattern, by]) => result.replace(pattern, by), sentence);
}
