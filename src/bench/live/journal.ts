import { appendFileSync, readFileSync, truncateSync } from 'node:fs';
import * as z from 'zod';
import { DataError } from '../../outcomes/jsonl.js';

const answerEntry = z.strictObject({
  kind: z.literal('answer'),
  prompt: z.string(),
  model: z.string(),
  text: z.string(),
  in_tokens: z.number().nullable(),
  out_tokens: z.number().nullable(),
  cost_usd: z.number(),
});
const verdictEntry = z.strictObject({
  kind: z.literal('verdict'),
  /** Of question, answers, rubric and judge: what the verdict is on. */
  about: z.string(),
  verdict: z.enum(['better', 'worse', 'tie']),
  cost_usd: z.number(),
});
const entrySchema = z.discriminatedUnion('kind', [answerEntry, verdictEntry]);

export type AnswerEntry = z.infer<typeof answerEntry>;
export type Verdict = z.infer<typeof verdictEntry>['verdict'];
type Entry = z.infer<typeof entrySchema>;

/**
 * What a run has paid for so far, on disk after every call, so that an interrupted run goes on where
 * it stopped and pays for nothing twice.
 */
export class Journal {
  readonly #file: string;
  readonly #answers = new Map<string, AnswerEntry>();
  readonly #verdicts = new Map<string, Verdict>();
  #spentUsd = 0;

  /** @throws {DataError} with the line of a file that is no journal */
  constructor(file: string) {
    this.#file = file;
    for (const entry of readEntries(file)) this.#take(entry);
  }

  /** US dollars, earlier runs included. */
  get spentUsd(): number {
    return this.#spentUsd;
  }

  answer(prompt: string, model: string): AnswerEntry | null {
    return this.#answers.get(`${prompt} ${model}`) ?? null;
  }

  verdict(about: string): Verdict | null {
    return this.#verdicts.get(about) ?? null;
  }

  /** Keeps an entry; it is on disk when this returns. */
  keep(entry: Entry): void {
    appendFileSync(this.#file, `${JSON.stringify(entry)}\n`);
    this.#take(entry);
  }

  #take(entry: Entry): void {
    this.#spentUsd += entry.cost_usd;
    if (entry.kind === 'answer') this.#answers.set(`${entry.prompt} ${entry.model}`, entry);
    else this.#verdicts.set(entry.about, entry.verdict);
  }
}

function readEntries(file: string): readonly Entry[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  // The end of a line that an interruption cut would spoil the next entry.
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  return whole
    .split('\n')
    .slice(0, -1)
    .map((line, i) => parseEntry(line, `${file}:${i + 1}`));
}

function parseEntry(line: string, place: string): Entry {
  try {
    return entrySchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new DataError(`${place}: not an entry of a journal; remove the file to begin anew`, {
      cause,
    });
  }
}
