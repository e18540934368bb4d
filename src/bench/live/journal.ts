import { appendFileSync, readFileSync, truncateSync } from 'node:fs';
import * as z from 'zod';
import { DataError } from '../../outcomes/jsonl.js';

/** The number of the call that an entry settles; absent in journals written before calls were recorded. */
const call = z.int().nonnegative().optional();
/** Written before a call, which counts at its maximum cost until it is settled. */
const callEntry = z.strictObject({
  kind: z.literal('call'),
  call: z.int().nonnegative(),
  most_usd: z.number().nonnegative(),
});
const failureEntry = z.strictObject({
  kind: z.literal('failure'),
  call,
  /** The comparison's id, if the judge's reply was not a valid verdict. */
  about: z.string().optional(),
  /** Prompt, model and token limit, if the answer was cut off by that limit. */
  cut: z.strictObject({ prompt: z.string(), model: z.string(), max_tokens: z.number() }).optional(),
  cost_usd: z.number(),
});
const answerEntry = z.strictObject({
  kind: z.literal('answer'),
  call,
  prompt: z.string(),
  model: z.string(),
  text: z.string(),
  in_tokens: z.number().nullable(),
  out_tokens: z.number().nullable(),
  cost_usd: z.number(),
});
const verdictEntry = z.strictObject({
  kind: z.literal('verdict'),
  call,
  /** The comparison's id: a hash of question, answers, rubric and judge. */
  about: z.string(),
  verdict: z.enum(['better', 'worse', 'tie']),
  cost_usd: z.number(),
});
const entrySchema = z.discriminatedUnion('kind', [
  callEntry,
  failureEntry,
  answerEntry,
  verdictEntry,
]);

export type AnswerEntry = z.infer<typeof answerEntry>;
export type Verdict = z.infer<typeof verdictEntry>['verdict'];
type Entry = z.infer<typeof entrySchema>;
/** The outcome of a call. */
type Settlement = Exclude<Entry, { kind: 'call' }>;

/**
 * A write-ahead log of paid calls. It is written before and after every call, so that an interrupted run can resume,
 * pays for nothing twice and knows what it may have spent.
 */
export class Journal {
  readonly #file: string;
  /** Maximum cost in US dollars of each call in flight, by its number. */
  readonly #inFlight = new Map<number, number>();
  /** Number of invalid verdicts, by comparison. */
  readonly #invalidVerdicts = new Map<string, number>();
  #calls = 0;
  readonly #answers = new Map<string, AnswerEntry>();
  readonly #verdicts = new Map<string, Verdict>();
  /** The highest token limit that cut off an answer, by prompt and model. */
  readonly #cuts = new Map<string, number>();
  #spentUsd = 0;

  /** @throws {DataError} with the line, if the file is not a journal */
  constructor(file: string) {
    this.#file = file;
    for (const entry of readEntries(file)) this.#apply(entry);
    // The outcome of calls that were in flight when an earlier run was interrupted is unknown.
    for (const mostUsd of this.#inFlight.values()) this.#spentUsd += mostUsd;
    this.#inFlight.clear();
  }

  /** US dollars spent, including earlier runs; interrupted calls count at their maximum cost. */
  get spentUsd(): number {
    return this.#spentUsd;
  }

  /** `spentUsd` plus the maximum cost of the calls in flight. */
  get committedUsd(): number {
    return [...this.#inFlight.values()].reduce((sum, mostUsd) => sum + mostUsd, this.#spentUsd);
  }

  /** Records a call that is about to be made. @returns its number, with which to settle it */
  begin(mostUsd: number): number {
    const number = this.#calls;
    this.#write({ kind: 'call', call: number, most_usd: mostUsd });
    return number;
  }

  answer(prompt: string, model: string): AnswerEntry | null {
    return this.#answers.get(`${prompt} ${model}`) ?? null;
  }

  /** Whether an answer was already cut off at this limit or a higher one, so that another attempt is pointless. */
  isTruncatedAt(prompt: string, model: string, maxTokens: number): boolean {
    return (this.#cuts.get(`${prompt} ${model}`) ?? 0) >= maxTokens;
  }

  verdict(about: string): Verdict | null {
    return this.#verdicts.get(about) ?? null;
  }

  /** How many of the judge's replies on a comparison were not valid verdicts. */
  invalidVerdicts(about: string): number {
    return this.#invalidVerdicts.get(about) ?? 0;
  }

  /** Records the outcome of a call; it is on disk when this returns. */
  settle(entry: Settlement): void {
    this.#write(entry);
  }

  #write(entry: Entry): void {
    appendFileSync(this.#file, `${JSON.stringify(entry)}\n`);
    this.#apply(entry);
  }

  #apply(entry: Entry): void {
    if (entry.kind === 'call') {
      this.#inFlight.set(entry.call, entry.most_usd);
      this.#calls = Math.max(this.#calls, entry.call + 1);
      return;
    }
    if (entry.call !== undefined) this.#inFlight.delete(entry.call);
    this.#spentUsd += entry.cost_usd;
    if (entry.kind === 'answer') this.#answers.set(`${entry.prompt} ${entry.model}`, entry);
    else if (entry.kind === 'verdict') this.#verdicts.set(entry.about, entry.verdict);
    else if (entry.about !== undefined) {
      this.#invalidVerdicts.set(entry.about, this.invalidVerdicts(entry.about) + 1);
    } else if (entry.cut !== undefined) {
      const { prompt, model, max_tokens } = entry.cut;
      const key = `${prompt} ${model}`;
      this.#cuts.set(key, Math.max(this.#cuts.get(key) ?? 0, max_tokens));
    }
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
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  // An incomplete last line, left by an interruption, would corrupt the next entry.
  if (complete.length < text.length) truncateSync(file, Buffer.byteLength(complete));
  return complete
    .split('\n')
    .slice(0, -1)
    .map((line, i) => parseEntry(line, `${file}:${i + 1}`));
}

function parseEntry(line: string, place: string): Entry {
  try {
    return entrySchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new DataError(`${place}: not a journal entry; remove the file to start over`, {
      cause,
    });
  }
}
