import { createHash } from 'node:crypto';
import type { FeedbackEntry } from '../account/feedback.js';
import type { Assembly } from '../assembly/assemble.js';
import { GatewayError } from '../core/errors.js';
import type { Random } from '../core/random.js';
import { outcomeFiles, readOutcomeFile } from '../outcomes/graded.js';
import { placeOf } from '../outcomes/part.js';
import { openBook } from '../request/feedback-desk.js';
import type { HeadRecord } from '../route/local/head-artefact.js';
import type { TuningLine } from '../route/local/tune.js';
import { readBy } from '../route/prompt-reader.js';
import type { PromptReader } from '../route/prompt-reader.js';
import { unpackNumbers } from '../route/sketch.js';

/** What stands for the feedback that the gateway has collected, where files are named. */
const FEEDBACK = 'feedback';
/** Fewer prompts cannot tell an improvement from luck. */
const LEAST_PROMPTS = 50;
/** More prompts than this are sampled: the fit's memory grows with their square. */
const MOST_PROMPTS = 3000;

/** Graded prompts, ready to be fitted to. */
export interface TuningData {
  readonly lines: readonly TuningLine[];
  /** Of each line's normalised text: equal questions have equal hashes. */
  readonly hashes: readonly number[];
  /** `hashes`, ascending. */
  readonly seen: Uint32Array;
  /** Of each line; equal questions stand in the same fold. */
  readonly folds: Int32Array;
  readonly answers: number;
  readonly sources: HeadRecord['data'];
  /** Hashes of all prompts, those that sampling left out too. */
  readonly found: ReadonlySet<number>;
  /** Lines there were before sampling. */
  readonly foundLines: number;
}

/** What graded prompts are read with. */
interface ReadingWith {
  readonly assembly: Assembly;
  readonly random: Random;
  /** Told in a sentence what was left out. */
  readonly warn: (sentence: string) => void;
}

/**
 * Reads graded prompts; of more than can be fitted at once, a random sample.
 *
 * @throws {DataError} a file that cannot be read
 * @throws {GatewayError} `invalid_request`: too few prompts to learn anything
 */
export async function readTuningData(
  from: readonly string[],
  folds: number,
  { assembly, random, warn }: ReadingWith,
): Promise<TuningData> {
  const files = from.filter((name) => name !== FEEDBACK);
  const read: Source[] = [];
  for (const file of await outcomeFiles(files)) {
    read.push(await readFileSource(file, assembly.setup.reader));
  }
  if (files.length < from.length) read.push(await readFeedback(assembly, warn));
  const all = read.flatMap(({ lines }) => lines);
  const sources = read.map(({ file, sha256 }) => ({ file, sha256 }));
  const found = new Set(all.map(({ place }) => hashOf(place)));
  if (found.size < LEAST_PROMPTS) {
    const of =
      found.size < all.length ? ` (${all.length} lines, some of them of the same prompt)` : '';
    throw new GatewayError(
      'invalid_request',
      `${found.size} graded prompts${of} are too few to tell an improvement from luck; at least ${LEAST_PROMPTS} are needed`,
    );
  }
  const chosen = all.length <= MOST_PROMPTS ? all : random.shuffle(all).slice(0, MOST_PROMPTS);
  // The seed turns the circle of places, so that another seed makes other folds.
  const turn = random.next();
  const hashes = chosen.map(({ place }) => hashOf(place));
  return {
    lines: chosen.map(({ line }) => line),
    hashes,
    seen: Uint32Array.from(hashes).sort(),
    folds: Int32Array.from(chosen, ({ place }) => Math.floor(((place + turn) % 1) * folds)),
    answers: chosen.reduce((sum, { line }) => sum + line.scores.size, 0),
    sources,
    found,
    foundLines: all.length,
  };
}

function hashOf(place: number): number {
  return Math.floor(place * 2 ** 32);
}

interface Source {
  readonly file: string;
  readonly sha256: string;
  readonly lines: readonly { readonly line: TuningLine; readonly place: number }[];
}

async function readFileSource(file: string, reader: PromptReader | null): Promise<Source> {
  const { sha256, lines } = await readOutcomeFile(file);
  const read: Source['lines'][number][] = [];
  for (const { text, conversation, outcomes } of lines) {
    if (outcomes.size === 0) continue;
    const scores = new Map([...outcomes].map(([model, { score }]) => [model, score]));
    const prompt = await readBy(reader, conversation);
    read.push({ line: { prompt, scores }, place: placeOf(text) });
  }
  return { file, sha256, lines: read };
}

/** What one caller says of one prompt, however often: who grades it a hundred times has one say, the mean of all. */
function gradedOnce(entries: readonly FeedbackEntry[]): Source['lines'] {
  const says = new Map<string, { entry: FeedbackEntry; place: number; grades: Grades }>();
  for (const entry of entries) {
    const place = placeOf(entry.text ?? entry.numbers.join(' '));
    const key = `${place} ${entry.caller}`;
    const say = says.get(key) ?? { entry, place, grades: new Map<string, number[]>() };
    says.set(key, say);
    for (const [model, score] of Object.entries(entry.scores)) {
      say.grades.set(model, [...(say.grades.get(model) ?? []), score]);
    }
  }
  return [...says.values()].map(({ entry: { text, numbers, vectorLength }, place, grades }) => ({
    line: {
      prompt: { text, ...unpackNumbers(numbers, vectorLength) },
      scores: new Map([...grades].map(([model, scores]) => [model, mean(scores)])),
    },
    place,
  }));
}

/** By model. */
type Grades = Map<string, number[]>;

function mean(scores: readonly number[]): number {
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** Feedback on decisions of this predictor: vectors of another mean something else. */
async function readFeedback(
  { adaptationFolder: folder, predictor: { base } }: Assembly,
  warn: ReadingWith['warn'],
): Promise<Source> {
  const onDamage = (count: number): void => {
    warn(`lines of the feedback in ${folder} that cannot be read and are left out: ${count}`);
  };
  const book = await openBook({ folder, maxEntries: Infinity, onDamage }, base);
  const entries = book.entries.filter(({ predictor }) => predictor === base.revision);
  const others = book.entries.length - entries.length;
  if (others > 0)
    warn(
      `grades in ${book.file} that are of another predictor's decisions and are left out: ${others}`,
    );
  const lines = gradedOnce(entries);
  const sha256 = createHash('sha256').update(JSON.stringify(entries)).digest('hex');
  return { file: book.file, sha256, lines };
}
