/** Words for which yesterday's answer may be wrong today. */
const TIMELY =
  /\b(?:today|tonight|tomorrow|yesterday|now|currently|current|latest|newest|recent|recently|nowadays|upcoming|weather|forecast|news|heute|morgen|gestern|jetzt|aktuell|neueste|aujourd.?hui|maintenant|hoy|ahora|(?:this|next|last|past) (?:week|month|year|quarter|weekend|season|hour|minute))(?![\p{L}\p{N}])/iu;

/** The same words where they say nothing of the day: what a program has at hand, electricity, kinds of text. */
const TIMELESS =
  /\b(?:(?:current|latest|newest|recent) (?:working )?(?:directory|folder|path|branch|commit|user|row|line|element|index|page|url|window|process|thread|session|tab|cell|cursor|scope|context|state)s?|(?:electric(?:al)?|alternating|direct|eddy|ocean|constant) current|current (?:in|of|through|flow\p{L}*|density|divider|source|law)|current(?=[?.!,]|$)|news (?:article|anchor|report|story|stories|room)s?|now (?:that|and then)|what now|from now on)\b/giu;

/** How to write a program that asks the clock is no matter of the day. */
const HOW_TO =
  /^how\b.*\b(?:current|today's|this|last|next) (?:date|time|timestamp|day|week|month|year)\b/iu;

const QUOTED = /"[^"]*"|`[^`]*`/gu;
const SENTENCE_END = /(?<=[.!?])\s+/u;
/** What begins so wants something; other sentences without a question mark tell something. */
const TELLS =
  /^(?:i|we|he|she|it|they|you|my|our|his|her|their|the|this|there|a|an|yesterday|today)\b(?! (?:need|want|wish|would like|am looking|are looking|'d like)\b)/iu;

/**
 * Whether the right answer depends on when it is given. What is quoted does not count, nor what somebody tells of
 * himself before asking: `I moved yesterday. How do I paint a wall?`
 *
 * @param plain - a question in its plain form
 */
export function dependsOnTime(plain: string): boolean {
  if (!TIMELY.test(plain)) return false;
  const sentences = plain.replaceAll(QUOTED, ' ').split(SENTENCE_END);
  return sentences.some((sentence, i) => {
    // Whoever only tells something wants an answer to that.
    const isTold = sentences.length > 1 && !/\?\W*$/u.test(sentence) && TELLS.test(sentence);
    if (isTold && i + 1 < sentences.length) return false;
    return TIMELY.test(sentence.replaceAll(TIMELESS, ' ')) && !HOW_TO.test(sentence);
  });
}
