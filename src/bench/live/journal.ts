import { appendFileSync, readFileSync, truncateSync } from 'node:fs';
import * as z from 'zod';
import { DataError } from '../../outcomes/jsonl.js';

/** Which call an entry settles; absent in journals of before calls were entered. */
const call = z.int().nonnegative().optional();
/** Made before a call: until it is settled it counts at its most. */
const callEntry = z.strictObject({
  kind: z.literal('call'),
  call: z.int().nonnegative(),
  most_usd: z.number().nonnegative(),
});
const failureEntry = z.strictObject({
  kind: z.literal('failure'),
  call,
  /** The comparison that a verdict was asked on, where what came was none. */
  about: z.string().optional(),
  /** What was asked, where an answer came that the limit of tokens cut off. */
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
  /** Of question, answers, rubric and judge: what the verdict is on. */
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
/** What a call came to. */
type Settling = Exclude<Entry, { kind: 'call' }>;

/**
 * What a run has paid for so far, on disk before every call and after it, so that an interrupted run goes on where
 * it stopped, pays for nothing twice and knows what it may have spent.
 */
export class Journal {
  readonly #file: string;
  /** The most that each call under way can cost, by its number. */
  readonly #open = new Map<number, number>();
  readonly #unusable = new Map<string, number>();
  #calls = 0;
  readonly #answers = new Map<string, AnswerEntry>();
  readonly #verdicts = new Map<string, Verdict>();
  /** The limits by which answers were cut off, the highest of each. */
  readonly #cuts = new Map<string, number>();
  #spentUsd = 0;

  /** @throws {DataError} with the line of a file that is no journal */
  constructor(file: string) {
    this.#file = file;
    for (const entry of readEntries(file)) this.#take(entry);
    // Nobody will tell any more what the calls came to that were under way when a run ended.
    for (const mostUsd of this.#open.values()) this.#spentUsd += mostUsd;
    this.#open.clear();
  }

  /** US dollars, earlier runs included; calls that an interruption left open at their most. */
  get spentUsd(): number {
    return this.#spentUsd;
  }

  /** The same, and the most of what is under way. */
  get boundUsd(): number {
    return [...this.#open.values()].reduce((sum, mostUsd) => sum + mostUsd, this.#spentUsd);
  }

  /** Enters a call that is about to be made. @returns its number, to settle it by */
  begin(mostUsd: number): number {
    const number = this.#calls;
    this.#write({ kind: 'call', call: number, most_usd: mostUsd });
    return number;
  }

  answer(prompt: string, model: string): AnswerEntry | null {
    return this.#answers.get(`${prompt} ${model}`) ?? null;
  }

  /** Whether its answer was cut off by a limit of so many tokens or more, so that another one would be, too. */
  isCutAt(prompt: string, model: string, maxTokens: number): boolean {
    return (this.#cuts.get(`${prompt} ${model}`) ?? 0) >= maxTokens;
  }

  verdict(about: string): Verdict | null {
    return this.#verdicts.get(about) ?? null;
  }

  /** How often what came was no verdict. */
  unusable(about: string): number {
    return this.#unusable.get(about) ?? 0;
  }

  /** Enters what a call came to; it is on disk when this returns. */
  settle(entry: Settling): void {
    this.#write(entry);
  }

  #write(entry: Entry): void {
    appendFileSync(this.#file, `${JSON.stringify(entry)}\n`);
    this.#take(entry);
  }

  #take(entry: Entry): void {
    if (entry.kind === 'call') {
      this.#open.set(entry.call, entry.most_usd);
      this.#calls = Math.max(this.#calls, entry.call + 1);
      return;
    }
    if (entry.call !== undefined) this.#open.delete(entry.call);
    this.#spentUsd += entry.cost_usd;
    if (entry.kind === 'answer') this.#answers.set(`${entry.prompt} ${entry.model}`, entry);
    else if (entry.kind === 'verdict') this.#verdicts.set(entry.about, entry.verdict);
    else if (entry.about !== undefined) {
      this.#unusable.set(entry.about, this.unusable(entry.about) + 1);
    } else if (entry.cut !== undefined) {
      const { prompt, model, max_tokens } = entry.cut;
      const asked = `${prompt} ${model}`;
      this.#cuts.set(asked, Math.max(this.#cuts.get(asked) ?? 0, max_tokens));
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
