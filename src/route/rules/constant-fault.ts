import type { ASTNode } from '@marcbachmann/cel-js';
import { nearest } from '../../core/nearest.js';
import { CALENDAR } from './calendar.js';

/** A constant that a function cannot use: characters from the start of the condition, and a sentence. */
interface ConstantFault {
  readonly offset: number;
  readonly message: string;
}

/**
 * A text that a function is given and will fail on, whatever the request: the condition could never be decided.
 *
 * @returns `null` where nothing of the kind is known
 */
export function constantFault(node: ASTNode): ConstantFault | null {
  if (node.op === 'call' && node.args[0] === 'timestamp') {
    return faultOf(node.args[1][0], momentFault);
  }
  if (node.op === 'rcall' && Object.hasOwn(CALENDAR, node.args[0]))
    return faultOf(node.args[2][0], zoneFault);
  return null;
}

function faultOf(
  given: ASTNode | undefined,
  faultIn: (text: string) => string | null,
): ConstantFault | null {
  if (given?.op !== 'value' || typeof given.args !== 'string') return null;
  const message = faultIn(given.args);
  return message === null ? null : { offset: given.start, message };
}

function momentFault(text: string): string | null {
  // As the library has it, which takes nothing shorter than a day with a time to the second.
  const isMoment = text.length >= 20 && text.length <= 30 && !Number.isNaN(Date.parse(text));
  return isMoment ? null : `"${text}" is no moment; write it like "2026-11-20T09:30:00Z".`;
}

function zoneFault(text: string): string | null {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return null;
  } catch {
    const hint = nearest(text, Intl.supportedValuesOf('timeZone'));
    const question =
      hint === null ? '; write it like "Europe/Berlin".' : `; did you mean "${hint}"?`;
    return `there is no time zone "${text}"${question}`;
  }
}
