import { mkdir, open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { GatewayError } from '../core/errors.js';

const share = z.number().min(0).max(1);

const line = z.strictObject({
  at: z.string(),
  decision: z.string(),
  caller: z.string(),
  predictor: z.string(),
  scores: z.record(z.string(), share),
  predicted: z.record(z.string(), share),
  vector_length: z.int().nonnegative(),
  numbers: z.base64(),
  text: z.string().nullable(),
});

/** A grade for an answer, with what is needed to learn from it. */
export interface FeedbackEntry {
  /** ISO 8601. */
  readonly at: string;
  readonly decision: string;
  readonly caller: string;
  /** Revision of the predictor whose vector `numbers` begins with. */
  readonly predictor: string;
  /** 0 to 1, by model. */
  readonly scores: Readonly<Record<string, number>>;
  /** What had been predicted for these models, 0 to 1. */
  readonly predicted: Readonly<Record<string, number>>;
  /** A sentence vector, then dense features, a byte each. */
  readonly numbers: Int8Array;
  readonly vectorLength: number;
  /** `null` unless prompts are kept. */
  readonly text: string | null;
}

/** The file is compacted once it has this share more lines than the limit. */
const SLACK = 0.25;

/**
 * Feedback in an append-only file: one JSON line per entry; the last entry for a decision counts.
 *
 * Bounded: beyond the limit the oldest entries are dropped. An entry is handed to the operating system
 * before `add` resolves, so it survives a crash of the process, but not always one of the machine.
 */
export class FeedbackStore {
  readonly file: string;
  readonly #maxEntries: number;
  #entries = new Map<string, FeedbackEntry>();
  #lines = 0;
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: string, maxEntries: number) {
    this.file = file;
    this.#maxEntries = maxEntries;
  }

  /**
   * Reads the file; lines that cannot be read are counted and skipped.
   *
   * @param onDamage - told how many lines were left out, if any
   * @param isUsable - a further condition that entries must satisfy
   */
  static async open(
    folder: string,
    maxEntries: number,
    onDamage: (lines: number) => void,
    isUsable: (entry: FeedbackEntry) => boolean = () => true,
  ): Promise<FeedbackStore> {
    const book = new FeedbackStore(path.join(folder, 'feedback.jsonl'), maxEntries);
    const lines = (await textOf(book.file)).split('\n').filter((text) => text !== '');
    let damaged = 0;
    for (const text of lines) {
      const entry = parseLine(text);
      if (entry === null || !isUsable(entry)) damaged += 1;
      else book.#remember(entry);
    }
    book.#lines = lines.length;
    if (damaged > 0) onDamage(damaged);
    return book;
  }

  /** The entries that count, oldest first. */
  get entries(): readonly FeedbackEntry[] {
    return [...this.#entries.values()];
  }

  /**
   * Adds an entry; it replaces an earlier one for the same decision.
   *
   * @throws {GatewayError} `not_saved` if it cannot be written; it is then not added
   */
  async add(entry: FeedbackEntry): Promise<void> {
    const write = this.#writing.then(() => this.#append(entry));
    // Writes are serialised; a failed one must not stop the next.
    this.#writing = write.catch(() => undefined);
    await write.catch((cause: unknown) => {
      throw unsaved(cause);
    });
    this.#remember(entry);
  }

  async #append(entry: FeedbackEntry): Promise<void> {
    await mkdir(path.dirname(this.file), { recursive: true });
    if (this.#lines >= this.#maxEntries * (1 + SLACK)) await this.#compact();
    const handle = await open(this.file, 'a+', 0o600);
    try {
      const { size } = await handle.stat();
      // Appended to a line that a crash cut off, the entry would be unreadable, too.
      const start = (await isUnfinished(handle, size)) ? '\n' : '';
      await handle.appendFile(start + formatLine(entry)).catch(async (error: unknown) => {
        // A partial line would corrupt the next one.
        await handle.truncate(size).catch(() => undefined);
        throw error;
      });
    } finally {
      await handle.close();
    }
    this.#lines += 1;
  }

  async #compact(): Promise<void> {
    const temporaryFile = `${this.file}.${process.pid}.tmp`;
    const handle = await open(temporaryFile, 'w', 0o600);
    try {
      await handle.writeFile(this.entries.map(formatLine).join(''));
      await handle.sync();
      await rename(temporaryFile, this.file);
    } catch (error) {
      // On a full disk it would take up the space that is needed.
      await rm(temporaryFile, { force: true }).catch(() => undefined);
      throw error;
    } finally {
      await handle.close();
    }
    this.#lines = this.#entries.size;
  }

  #remember(entry: FeedbackEntry): void {
    // Deleted first, so that the newest entry comes last.
    this.#entries.delete(entry.decision);
    this.#entries.set(entry.decision, entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#maxEntries) return;
      this.#entries.delete(oldest);
    }
  }
}

function unsaved(cause: unknown): GatewayError {
  const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
  const message = `The feedback was not saved, because its file cannot be written (${code}); send it again later.`;
  return new GatewayError('not_saved', message, { cause });
}

/** Whether the last line of a file lacks its line break. */
async function isUnfinished(handle: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  await handle.read(last, 0, 1, size - 1);
  return last.toString() !== '\n';
}

function formatLine(entry: FeedbackEntry): string {
  const { numbers, vectorLength, ...rest } = entry;
  const base64 = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.length).toString('base64');
  return `${JSON.stringify({ ...rest, vector_length: vectorLength, numbers: base64 })}\n`;
}

function parseLine(text: string): FeedbackEntry | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The last line of a machine that lost power; counted by the caller.
    return null;
  }
  const parsed = line.safeParse(json);
  if (!parsed.success) return null;
  const { numbers, vector_length: vectorLength, ...rest } = parsed.data;
  return { ...rest, vectorLength, numbers: Int8Array.from(Buffer.from(numbers, 'base64')) };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
