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

/** The command line was not understood; the message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
