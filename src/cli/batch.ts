import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import * as z from 'zod';
import { GatewayError } from '../core/errors.js';
import { inSentences } from '../yaml/sentences.js';
import { EXIT, type Io } from './io.js';

/** Lines kept back before they are written: one system call for hundreds of lines. */
const FLUSH_CHARS = 1 << 16;
/** Lines answered at a time, where answers take a while. */
const WINDOW = 64;
/** Faulty lines that are told one by one; a file of another form has nothing but such lines. */
const MOST_TOLD = 20;

/** The schema of a line's name; numbers and texts are both given back as they came. */
export const batchId = z.union([z.string(), z.number()]);

/** What a command does with one line. */
export interface BatchTask<Line> {
  readonly schema: z.ZodType<Line>;
  /**
   * What stands in the output for the line, without a field `error`.
   *
   * @throws {GatewayError} the line cannot be answered
   */
  answer(line: Line): object | Promise<object>;
}

/** Stands in the output for a line that cannot be answered. */
interface Refusal {
  /** `null` where the line has none that can be read. */
  readonly id: string | number | null;
  readonly error: { readonly code: string; readonly message: string };
}

/**
 * Answers every line of a JSONL file with a line of JSON, in the same order, while it reads.
 *
 * A line that cannot be answered stops nothing: its place in the output says what is wrong with
 * it, and standard error says so of the first ones, with their numbers. Empty lines have no answer.
 *
 * @param file - a path, or `-` for standard input
 * @returns the exit code: failed if any line was faulty
 */
export async function answerBatch<Line>(
  file: string,
  task: BatchTask<Line>,
  io: Io,
): Promise<number> {
  const input = file === '-' ? Readable.from([await io.readStdin()]) : createReadStream(file);
  const answered = new Answers(file, io);
  let number = 0;
  let window: NumberedLine[] = [];
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    number += 1;
    // Trimmed, also of the mark that some editors put at the start of a file.
    const text = line.trim();
    if (text === '') continue;
    window.push({ number, text });
    if (window.length < WINDOW) continue;
    await answered.add(window, task);
    window = [];
  }
  await answered.add(window, task);
  answered.end();
  return answered.faulty === 0 ? EXIT.ok : EXIT.failed;
}

interface NumberedLine {
  readonly number: number;
  readonly text: string;
}

/** Puts answers out in the order of their lines. */
class Answers {
  faulty = 0;
  readonly #file: string;
  readonly #io: Io;
  #pending = '';

  constructor(file: string, io: Io) {
    this.#file = file;
    this.#io = io;
  }

  async add<Line>(lines: readonly NumberedLine[], task: BatchTask<Line>): Promise<void> {
    const answers = await Promise.all(lines.map(({ text }) => answerLine(text, task)));
    answers.forEach((answer, i) => {
      if (isRefusal(answer)) {
        this.faulty += 1;
        if (this.faulty <= MOST_TOLD) {
          this.#io.err(`${this.#file}:${lines[i]?.number ?? 0}: ${answer.error.message}\n`);
        }
      }
      this.#pending += `${JSON.stringify(answer)}\n`;
    });
    if (this.#pending.length > FLUSH_CHARS) this.flush();
  }

  end(): void {
    this.flush();
    const untold = this.faulty - MOST_TOLD;
    if (untold > 0) {
      this.#io.err(
        `${this.#file}: ${untold} more faulty lines; "error" in the output says what is wrong with each\n`,
      );
    }
  }

  flush(): void {
    this.#io.out(this.#pending);
    this.#pending = '';
  }
}

function isRefusal(answer: object): answer is Refusal {
  return 'error' in answer;
}

async function answerLine<Line>(line: string, task: BatchTask<Line>): Promise<object> {
  let id: Refusal['id'] = null;
  try {
    const read: unknown = JSON.parse(line);
    id = idOf(read);
    const parsed = task.schema.safeParse(read);
    if (!parsed.success) {
      const of = { schema: task.schema, value: read, whole: 'the line' };
      throw new GatewayError('invalid_request', inSentences(parsed.error, of));
    }
    return await task.answer(parsed.data);
  } catch (error) {
    if (error instanceof GatewayError) return refusal(id, error.code, error.message);
    if (error instanceof SyntaxError) return refusal(id, 'invalid_json', error.message);
    throw error;
  }
}

/** The name of a line whatever else is wrong with it, so that its refusal can be told apart. */
function idOf(read: unknown): Refusal['id'] {
  const named = z.object({ id: batchId }).safeParse(read);
  return named.success ? named.data.id : null;
}

function refusal(id: Refusal['id'], code: string, message: string): Refusal {
  return { id, error: { code, message } };
}
