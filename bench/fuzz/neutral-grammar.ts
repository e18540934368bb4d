import type { AnswerEvent } from '../../src/dialects/neutral/event.js';
import { assertRule, type AnswerContent } from './grammar/fault.js';
import type { ProviderEvents } from './convert.js';

/** The content of a provider's answer, with and without refusals. */
export interface NeutralContent extends AnswerContent {
  readonly plainText: string;
}

interface Gathered {
  text: string;
  plainText: string;
  readonly calls: { name: string; args: string }[];
}

/**
 * Checks the rules for the neutral events of every dialect's reader: one start event, first; choices numbered from 0;
 * calls numbered without gaps and named before their arguments; valid counts; a finish reason for every choice.
 *
 * @throws {GrammarFault} for the first violation
 */
export function checkEvents({ events, isComplete }: ProviderEvents): NeutralContent {
  const choices = new Map<number, { calls: number; isFinished: boolean }>();
  const gathered: Gathered = { text: '', plainText: '', calls: [] };
  events.forEach((event, i) => {
    assertRule((event.kind === 'start') === (i === 0), 'the start is not first, or twice');
    if (event.kind === 'start') return;
    if (event.kind === 'usage') {
      checkCounts(event);
      return;
    }
    if (event.kind === 'tier') return;
    const { choice } = event;
    assertRule(Number.isSafeInteger(choice) && choice >= 0, 'a choice that is no index');
    const known = choices.get(choice) ?? { calls: 0, isFinished: false };
    choices.set(choice, known);
    if (event.kind === 'call') assertRule(event.call === known.calls++, 'calls out of their order');
    if (event.kind === 'arguments') assertRule(event.call < known.calls, 'arguments of no call');
    if (event.kind === 'finish') known.isFinished = true;
    if (choice === 0) gather(gathered, event);
  });
  const all = [...choices.values()];
  assertRule(
    !isComplete || (all.length > 0 && all.every(({ isFinished }) => isFinished)),
    'complete without a reason',
  );
  const { text, plainText } = gathered;
  return { text, plainText, calls: gathered.calls.map(({ name, args }) => [name, args] as const) };
}

function checkCounts({ usage }: Extract<AnswerEvent, { kind: 'usage' }>): void {
  const counts = Object.values(usage).filter((value) => typeof value === 'number');
  assertRule(
    counts.every((count) => Number.isSafeInteger(count) && count >= 0),
    'usage that is no count',
  );
}

function gather(gathered: Gathered, event: AnswerEvent): void {
  if (event.kind === 'text') gathered.plainText += event.text;
  if (event.kind === 'text' || event.kind === 'refusal') gathered.text += event.text;
  else if (event.kind === 'call') gathered.calls.push({ name: event.name, args: '' });
  else if (event.kind === 'arguments') {
    const call = gathered.calls[event.call];
    if (call !== undefined) call.args += event.text;
  }
}
