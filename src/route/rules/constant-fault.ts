import type { ASTNode } from '@marcbachmann/cel-js';
import { nearest } from '../../core/nearest.js';
import { CALENDAR } from './calendar.js';

/** A constant argument that a function cannot use: its offset in the condition in characters, and a sentence. */
interface ConstantFault {
  readonly offset: number;
  readonly message: string;
}

/**
 * Finds a constant argument that the function fails on for every request, so that the condition could never be evaluated.
 *
 * @returns `null` if there is none
 */
export function constantFault(node: ASTNode): ConstantFault | null {
  if (node.op === 'call' && node.args[0] === 'timestamp') {
    return faultOf(node.args[1][0], timestampFault);
  }
  if (node.op === 'rcall' && Object.hasOwn(CALENDAR, node.args[0]))
    return faultOf(node.args[2][0], zoneFault);
  return null;
}

function faultOf(
  argument: ASTNode | undefined,
  faultIn: (text: string) => string | null,
): ConstantFault | null {
  if (argument?.op !== 'value' || typeof argument.args !== 'string') return null;
  const message = faultIn(argument.args);
  return message === null ? null : { offset: argument.start, message };
}

function timestampFault(text: string): string | null {
  // The library's own check: it takes nothing shorter than a date with a time to the second.
  const isTimestamp = text.length >= 20 && text.length <= 30 && !Number.isNaN(Date.parse(text));
  return isTimestamp ? null : `"${text}" is not a timestamp; write it like "2026-11-20T09:30:00Z".`;
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
