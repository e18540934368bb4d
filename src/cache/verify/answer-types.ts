/** A question word that asks something: at the start of a sentence, after a word that introduces it, or before a verb. */
const ASKING =
  /(?:^|[.!?:;,"]\s*|\b(?:and|by|to|of|from|since|in|at|for|know|wonder|explain|tell)\s+)(who|whom|whose|when|where|why)\b|\b(who|whom|whose|when|where|why)(?= (?:is|are|was|were|do|does|did|can|could|should|would|will|has|have|had)\b)|\bhow (many|much|long|old|far|often|frequently|tall|big|fast)\b(?: (\p{L}+)(?: (old|long|far))?)?/giu;
/** After one of these, the word introduces a relative clause: `in winter, when it rains`. */
const LED = /^[,"]/u;
const TIMES = /^(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)$/iu;
const WAYS = /^(?:km|kilometers?|kilometres?|miles?|meters?|metres?|feet)$/iu;

/**
 * The expected types of answer, if question words say so: a person, a place, a time, a reason, an amount.
 *
 * `what`, `which` and a bare `how` may ask for anything: "what is the best way to" is "how do I".
 *
 * @param plain - the plain form of a question
 * @returns `who`, `when`, `how many` and the like, without duplicates
 */
export function answerTypesIn(plain: string): readonly string[] {
  if (!/\b(?:who|when|where|why|how)/iu.test(plain)) return [];
  const found = Array.from(
    plain.matchAll(ASKING),
    ([whole, leading, before, measure, of, size]) => {
      if (measure !== undefined) return measured(measure.toLowerCase(), of ?? '', size ?? '');
      if (before === undefined && LED.test(whole)) return null;
      const word = (leading ?? before ?? '').toLowerCase();
      return word === 'whom' ? 'who' : word;
    },
  );
  return [...new Set(found.filter((type) => type !== null))];
}

/** `how many days` asks how long, `how many weeks old` how old. */
function measured(measure: string, of: string, size: string): string {
  if (measure === 'frequently') return 'how often';
  if (measure !== 'many') return `how ${measure}`;
  if (size !== '') return `how ${size.toLowerCase()}`;
  if (TIMES.test(of)) return 'how long';
  return WAYS.test(of) ? 'how far' : 'how many';
}
