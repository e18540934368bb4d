import { synonymsOf } from '../../../src/cache/verify/synonyms.js';
import type { Random } from '../random.js';

/** Rewords a text without changing its meaning; returns it unchanged if it does not apply. */
export type Rewording = (text: string, random: Random) => string;

const lowerFirst = (text: string): string =>
  /^\p{Lu}\p{Ll}/u.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
const oneOf = (random: Random, ...items: readonly string[]): string =>
  items[Math.floor(random.next() * items.length)] ?? '';
const isRequest = (text: string): boolean =>
  /^(?:write|explain|give|list|create|tell|describe|make|find|show|translate|summarize|generate|convert|suggest|compare|design|imagine|develop|provide|help)\b/iu.test(
    text,
  );
const isQuestion = (text: string): boolean =>
  /^(?:what|how|why|when|where|who|which|is|are|can|does|do|should)\b/iu.test(text);

/** Small talk around a request. */
const CHAT_BEFORE: readonly string[] = [
  'My friends and I have been arguing about this all evening. ',
  'Long story short: ',
  'My boss just asked me this and I froze. ',
  'I have been staring at this for an hour. ',
  'You have been a great help so far! ',
  'Back again with another one. ',
  "I'm new here, so bear with me. ",
  'I tried to look it up but gave up. ',
  'Hope this is the right place to ask. ',
  'Forgive me if this sounds naive, but ',
  'It has been bugging me since breakfast: ',
  'Okay, next one. ',
  'My daughter wants to know: ',
  'Asking for a friend: ',
  'One more thing before I go: ',
  'You seem to know everything, so ',
];
const CHAT_AFTER: readonly string[] = [
  " I'd be so grateful.",
  ' Take your time.',
  ' No pressure at all.',
  ' You would save my day.',
  ' My coffee is getting cold already.',
  ' I am all ears.',
  ' That has puzzled me for ages.',
  ' Looking forward to your reply!',
  ' Sorry if that is obvious.',
  ' You are the best!',
  ' Hope that makes sense.',
  ' Phew, that was a mouthful.',
];

/** All rewordings; one listed several times is chosen more often. */
export const REWORDINGS: readonly Rewording[] = [
  (text, random) => oneOf(random, ...CHAT_BEFORE) + text,
  (text, random) => `${text.replace(/(?<=[\p{L}\p{N}])$/u, '.')}${oneOf(random, ...CHAT_AFTER)}`,
  (text, random) =>
    isRequest(text)
      ? oneOf(
          random,
          'Please ',
          'Can you ',
          'Could you please ',
          'I want you to ',
          'Kindly ',
          'I need you to ',
        ) + lowerFirst(text)
      : text,
  (text, random) =>
    isQuestion(text)
      ? oneOf(
          random,
          'Hi, ',
          'Hello! ',
          'Quick question: ',
          'I was wondering, ',
          'Please tell me, ',
          'Hey, ',
          'Question: ',
        ) + lowerFirst(text)
      : text,
  (text, random) =>
    text.replace(/[.?!]*\s*$/u, (end) =>
      oneOf(random, `${end} Thanks!`, ' please?', `${end} Thank you.`, `${end} Thanks in advance!`),
    ),
  (text) => text.toLowerCase(),
  (text) => text.replace(/[.?!]+\s*$/u, ''),
  (text) => text.replaceAll(',', ''),
  (text, random) => slip(text, random),
  (text) =>
    text
      .replaceAll(/\b(what|how|where|who|that|it) is\b/giu, "$1's")
      .replaceAll(/\b(do|does|is|are|did) not\b/giu, "$1n't")
      .replaceAll(/\bI am\b/gu, "I'm"),
  (text, random) =>
    text.replace(/^how (?:do|can|should|would) (?:i|you|we|one) /iu, () =>
      oneOf(
        random,
        'How to ',
        'How can I ',
        'How do you ',
        'What is the best way to ',
        'How would I ',
        'What is a good way to ',
        "What's the way to ",
      ),
    ),
  (text, random) =>
    text.replace(/^what (?:is|are) (?=\p{L}+(?: \p{L}+)?\?)/iu, () =>
      oneOf(
        random,
        'Explain ',
        'What exactly is ',
        'Can you explain ',
        'Define ',
        'Please explain ',
      ),
    ),
  (text, random) =>
    text.replace(/^(?:tell me|explain|describe|give me)\b/iu, () =>
      oneOf(random, 'Tell me', 'Explain', 'Explain to me', 'Describe', 'Give me'),
    ),
  (text, random) => synonym(text, random),
  (text, random) => synonym(text, random),
  (text, random) => rewriteAsRequest(text, random),
  (text, random) => rewriteAsRequest(text, random),
  (text) => clauseMoved(text),
  (text) => clauseMoved(text),
  (text) =>
    text.replaceAll(/\b(a|an|the) /giu, (article) => (article.startsWith('t') ? '' : article)),
];

/** "What is X?" becomes "Tell me what X is". */
function rewriteAsRequest(text: string, random: Random): string {
  const found =
    /^(what|where|when|why|how \p{L}+|who) (is|are|was|were|can) ([^?.!,]+)[?.]*$/iu.exec(text);
  if (found === null) return text;
  const [, questionWord = '', verb = '', rest = ''] = found;
  const lead = oneOf(
    random,
    'Tell me ',
    'Can you tell me ',
    'I would like to know ',
    'Do you know ',
    'Explain ',
  );
  return `${lead}${questionWord.toLowerCase()} ${rest} ${verb}`;
}

/** "If A, B" becomes "B if A". */
function clauseMoved(text: string): string {
  const found =
    /^((?:if|when|in|on|at|without|with|for|given|using|before|after|as) [^,.?!]{6,}), ([^,.?!]{6,})([.?!]?)$/iu.exec(
      text,
    );
  if (found === null) return text;
  const [, clause = '', rest = '', end = ''] = found;
  return rest.charAt(0).toUpperCase() + rest.slice(1) + ' ' + lowerFirst(clause) + end;
}

/** A letter left out, doubled, or swapped with the next, in one long word. */
function slip(text: string, random: Random): string {
  const words = [...text.matchAll(/\p{Ll}{6,}/gu)];
  const chosen = words[Math.floor(random.next() * words.length)];
  if (chosen === undefined) return text;
  const at = chosen.index + 2 + Math.floor(random.next() * (chosen[0].length - 3));
  const [one = '', two = ''] = text.slice(at, at + 2);
  const kind = Math.floor(random.next() * 3);
  const replacement = kind === 0 ? two : kind === 1 ? one + one + two : two + one;
  return text.slice(0, at) + replacement + text.slice(at + 2);
}

function synonym(text: string, random: Random): string {
  const known = [...text.matchAll(/\b\p{Ll}{3,}\b/gu)].filter(
    ([word]) => synonymsOf(word).size > 0,
  );
  const chosen = known[Math.floor(random.next() * known.length)];
  if (chosen === undefined) return text;
  const others = [...synonymsOf(chosen[0])].filter((word) => word !== chosen[0]);
  const other = others[Math.floor(random.next() * others.length)] ?? chosen[0];
  return text.slice(0, chosen.index) + other + text.slice(chosen.index + chosen[0].length);
}
