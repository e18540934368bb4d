import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import * as z from 'zod';
import { GatewayError } from '../core/errors.js';
import { formatZodError } from '../yaml/issue-messages.js';
import { EXIT, type Io } from './io.js';

/** Size of the output buffer, so that hundreds of lines are written with one system call. */
const FLUSH_CHARS = 1 << 16;
/** Lines that are answered concurrently. */
const WINDOW = 64;
/** Faulty lines that are reported individually: in a file of the wrong format, every line is faulty. */
const MAX_REPORTED = 20;

/** The schema of a line's id; numbers and texts are returned as given. */
export const batchId = z.union([z.string(), z.number()]);

/** What a command does with one line. */
export interface BatchTask<Line> {
  readonly schema: z.ZodType<Line>;
  /**
   * The output for the line; it must not have a member `error`.
   *
   * @throws {GatewayError} the line cannot be answered
   */
  answer(line: Line): object | Promise<object>;
}

/** The output for a line that cannot be answered. */
interface BatchError {
  /** `null` if the line has no readable id. */
  readonly id: string | number | null;
  readonly error: { readonly code: string; readonly message: string };
}

/**
 * Answers every line of a JSONL file with a line of JSON, in the same order, while reading.
 *
 * For a line that cannot be answered, the output has the error instead; the first ones are also reported on
 * standard error, with their line numbers. Empty lines are skipped.
 *
 * @param file - a path, or `-` for standard input
 * @returns the exit code: `EXIT.failed` if any line was faulty
 */
export async function answerBatch<Line>(
  file: string,
  task: BatchTask<Line>,
  io: Io,
): Promise<number> {
  const input = file === '-' ? Readable.from([await io.readStdin()]) : createReadStream(file);
  const output = new OrderedOutput(file, io);
  let number = 0;
  let window: NumberedLine[] = [];
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    number += 1;
    // This also removes a byte order mark.
    const text = line.trim();
    if (text === '') continue;
    window.push({ number, text });
    if (window.length < WINDOW) continue;
    await output.add(window, task);
    window = [];
  }
  await output.add(window, task);
  output.end();
  return output.faulty === 0 ? EXIT.ok : EXIT.failed;
}

interface NumberedLine {
  readonly number: number;
  readonly text: string;
}

/** Writes answers in the order of their lines, and counts faulty lines. */
class OrderedOutput {
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
      if (isBatchError(answer)) {
        this.faulty += 1;
        if (this.faulty <= MAX_REPORTED) {
          this.#io.err(`${this.#file}:${lines[i]?.number ?? 0}: ${answer.error.message}\n`);
        }
      }
      this.#pending += `${JSON.stringify(answer)}\n`;
    });
    if (this.#pending.length > FLUSH_CHARS) this.flush();
  }

  end(): void {
    this.flush();
    const unreported = this.faulty - MAX_REPORTED;
    if (unreported > 0) {
      this.#io.err(
        `${this.#file}: ${unreported} more faulty lines; "error" in the output says what is wrong with each\n`,
      );
    }
  }

  flush(): void {
    this.#io.out(this.#pending);
    this.#pending = '';
  }
}

function isBatchError(answer: object): answer is BatchError {
  return 'error' in answer;
}

async function answerLine<Line>(line: string, task: BatchTask<Line>): Promise<object> {
  let id: BatchError['id'] = null;
  try {
    const read: unknown = JSON.parse(line);
    id = idOf(read);
    const parsed = task.schema.safeParse(read);
    if (!parsed.success) {
      const of = { schema: task.schema, value: read, whole: 'the line' };
      throw new GatewayError('invalid_request', formatZodError(parsed.error, of));
    }
    return await task.answer(parsed.data);
  } catch (error) {
    if (error instanceof GatewayError) return batchError(id, error.code, error.message);
    if (error instanceof SyntaxError) return batchError(id, 'invalid_json', error.message);
    throw error;
  }
}

/** The id of a line even if the rest is invalid, so that its error can be matched to it. */
function idOf(read: unknown): BatchError['id'] {
  const parsed = z.object({ id: batchId }).safeParse(read);
  return parsed.success ? parsed.data.id : null;
}

function batchError(id: BatchError['id'], code: string, message: string): BatchError {
  return { id, error: { code, message } };
}
