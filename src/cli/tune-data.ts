import { createHash } from 'node:crypto';
import type { FeedbackEntry } from '../account/feedback-store.js';
import type { Assembly } from '../assembly/assemble.js';
import { GatewayError } from '../core/errors.js';
import type { Random } from '../core/random.js';
import { outcomeFiles, readOutcomeFile } from '../outcomes/outcome-file.js';
import { unitHashOf } from '../outcomes/split.js';
import { openFeedbackStore } from '../request/feedback-service.js';
import type { HeadRecord } from '../route/local/head-artefact.js';
import type { TuningLine } from '../route/local/tune.js';
import { readPrompt } from '../route/prompt-reader.js';
import type { PromptReader } from '../route/prompt-reader.js';
import { unpackNumbers } from '../route/sketch.js';

/** In place of a file name: the feedback that the gateway has collected. */
const FEEDBACK = 'feedback';
/** With fewer prompts, an improvement cannot be told from luck. */
const MIN_PROMPTS = 50;
/** Of more prompts, a sample is used: the fit's memory grows with the square of their number. */
const MAX_PROMPTS = 3000;

/** Graded prompts, ready for fitting. */
export interface TuningData {
  readonly lines: readonly TuningLine[];
  /** The hash of each line's normalised text: equal questions have equal hashes. */
  readonly hashes: readonly number[];
  /** `hashes`, ascending. */
  readonly seen: Uint32Array;
  /** The fold of each line; equal questions are in the same fold. */
  readonly folds: Int32Array;
  readonly answers: number;
  readonly sources: HeadRecord['data'];
  /** Hashes of all prompts, including those left out by sampling. */
  readonly found: ReadonlySet<number>;
  /** Number of lines before sampling. */
  readonly foundLines: number;
}

/** Dependencies of `readTuningData`. */
interface ReadContext {
  readonly assembly: Assembly;
  readonly random: Random;
  /** Called with a sentence about lines that were skipped. */
  readonly warn: (sentence: string) => void;
}

/**
 * Reads graded prompts; a random sample of them if there are more than can be fitted.
 *
 * @throws {DataError} a file cannot be read
 * @throws {GatewayError} `invalid_request`: too few prompts
 */
export async function readTuningData(
  from: readonly string[],
  folds: number,
  { assembly, random, warn }: ReadContext,
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
  if (found.size < MIN_PROMPTS) {
    const of =
      found.size < all.length ? ` (${all.length} lines, some of them of the same prompt)` : '';
    throw new GatewayError(
      'invalid_request',
      `${found.size} graded prompts${of} are too few to tell an improvement from luck; at least ${MIN_PROMPTS} are needed`,
    );
  }
  const chosen = all.length <= MAX_PROMPTS ? all : random.shuffle(all).slice(0, MAX_PROMPTS);
  // A random rotation of the places in [0, 1), so that another seed makes other folds.
  const rotation = random.next();
  const hashes = chosen.map(({ place }) => hashOf(place));
  return {
    lines: chosen.map(({ line }) => line),
    hashes,
    seen: Uint32Array.from(hashes).sort(),
    folds: Int32Array.from(chosen, ({ place }) => Math.floor(((place + rotation) % 1) * folds)),
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
    const prompt = await readPrompt(reader, conversation);
    read.push({ line: { prompt, scores }, place: unitHashOf(text) });
  }
  return { file, sha256, lines: read };
}

/** Merges the grades of one caller for one prompt into their mean, so that a caller who grades it often counts once. */
function mergeRepeated(entries: readonly FeedbackEntry[]): Source['lines'] {
  const merged = new Map<string, { entry: FeedbackEntry; place: number; grades: Grades }>();
  for (const entry of entries) {
    const place = unitHashOf(entry.text ?? entry.numbers.join(' '));
    const key = `${place} ${entry.caller}`;
    const group = merged.get(key) ?? { entry, place, grades: new Map<string, number[]>() };
    merged.set(key, group);
    for (const [model, score] of Object.entries(entry.scores)) {
      group.grades.set(model, [...(group.grades.get(model) ?? []), score]);
    }
  }
  return [...merged.values()].map(({ entry: { text, numbers, vectorLength }, place, grades }) => ({
    line: {
      prompt: { text, ...unpackNumbers(numbers, vectorLength) },
      scores: new Map([...grades].map(([model, scores]) => [model, mean(scores)])),
    },
    place,
  }));
}

/** Scores by model. */
type Grades = Map<string, number[]>;

function mean(scores: readonly number[]): number {
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** Reads the feedback on this predictor's decisions: another predictor's vectors are not comparable. */
async function readFeedback(
  { adaptationFolder: folder, predictor: { base } }: Assembly,
  warn: ReadContext['warn'],
): Promise<Source> {
  const onDamage = (count: number): void => {
    warn(`unreadable lines of the feedback in ${folder} are skipped: ${count}`);
  };
  const book = await openFeedbackStore({ folder, maxEntries: Infinity, onDamage }, base);
  const entries = book.entries.filter(({ predictor }) => predictor === base.revision);
  const others = book.entries.length - entries.length;
  if (others > 0)
    warn(`grades in ${book.file} on another predictor's decisions are skipped: ${others}`);
  const lines = mergeRepeated(entries);
  const sha256 = createHash('sha256').update(JSON.stringify(entries)).digest('hex');
  return { file: book.file, sha256, lines };
}
