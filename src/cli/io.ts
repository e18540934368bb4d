import { errorCodeOf } from '../core/errors.js';

/** A command's access to standard streams, environment and terminal. */
export interface Io {
  /** Writes to standard output, without adding a line break. */
  out(text: string): void;
  /** Writes to standard error, without adding a line break. */
  err(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** All of standard input as text. */
  readStdin(): Promise<string>;
  /** Asks the user a question; absent if there is no terminal. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
}

/** Exit codes of every command. */
export const EXIT = {
  ok: 0,
  /** The command ran, but found errors or could not complete. */
  failed: 1,
  /** Invalid command line. */
  usage: 2,
} as const;

/** The exit code, and the text for standard error, of a command whose standard output cannot be written. */
export function outputFailure(error: Error): { readonly code: number; readonly message: string } {
  // A reader that has read enough (`suffice models | head`) closes the pipe; that is not an error.
  if (errorCodeOf(error) === 'EPIPE') return { code: EXIT.ok, message: '' };
  // Usually a full disk.
  const message = `suffice: standard output cannot be written: ${error.message}\n`;
  return { code: EXIT.failed, message };
}

/** An invalid command line; the message says what is wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
