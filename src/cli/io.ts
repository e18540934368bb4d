import { codeOf } from '../core/errors.js';

/** Everything a command may touch of the world outside. */
export interface Io {
  /** Writes to standard output, as it stands. */
  out(text: string): void;
  /** Writes to standard error, as it stands. */
  err(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** All of standard input as text. */
  readStdin(): Promise<string>;
  /** Asks the person at the terminal, and gives the answer; absent where nobody is there. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
}

/** Exit codes of every command. */
export const EXIT = {
  ok: 0,
  /** The command ran, and what it looked at is not in order. */
  failed: 1,
  /** The command was not understood. */
  usage: 2,
} as const;

/** How a command ends whose standard output cannot be written any more, and what it says to standard error. */
export function withoutOutput(error: Error): { readonly code: number; readonly says: string } {
  // A reader that has seen enough (`suffice models | head`) closes the pipe; that is no failure.
  if (codeOf(error) === 'EPIPE') return { code: EXIT.ok, says: '' };
  // A full disk, for the most part.
  const says = `suffice: standard output cannot be written: ${error.message}\n`;
  return { code: EXIT.failed, says };
}

/** The command line was not understood; the message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
