import { readdirSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { characterClasses, splitWords } from '../../../src/embed/characters.js';
import { DataError, readJsonl } from '../jsonl.js';
import type { Progress } from '../progress.js';

const textSchema = z.object({ text: z.string(), positive: z.string().optional() });
const pairSchema = z.object({
  a: z.string(),
  b: z.string(),
  label: z.int().min(0).max(1),
  score: z.number().optional(),
});

/** Two texts and whether they mean the same; `score` (0 to 5) where the set is graded. */
export type LabelledPair = z.infer<typeof pairSchema>;
export type TextPair = readonly [string, string];

/** Everything that an embedder is trained on, and the held-out pairs that it is evaluated on. */
export interface Corpus {
  /** Every text, both sides of pairs included, without those of the held-out pairs. */
  readonly texts: readonly string[];
  /** Indices i such that `texts[i]` and `texts[i + 1]` are a positive pair. */
  readonly linked: readonly number[];
  /** Pairs that mean much the same, by the file they came from. */
  readonly positives: ReadonlyMap<string, readonly TextPair[]>;
  /** Pairs with a label, by file. */
  readonly labelled: ReadonlyMap<string, readonly LabelledPair[]>;
  /** Never fitted on. */
  readonly heldOut: ReadonlyMap<string, readonly LabelledPair[]>;
  /** Texts left out because a held-out pair has them. */
  readonly dropped: number;
}

/**
 * Reads `text/` and `pairs/` of a data folder; every `*.dev` or `*.test` pair is held out.
 *
 * @param withheld - keys (`TextKeys`) of further texts that are to be left out
 * @throws {DataError} a folder or file is missing or broken
 */
export async function readCorpus(
  dataFolder: string,
  progress: Progress,
  withheld: ReadonlySet<string> = new Set(),
): Promise<Corpus> {
  const reader = new CorpusReader(progress, withheld);
  const pairFiles = listPairFiles(dataFolder);
  for (const file of pairFiles.filter(isHeldOut)) await reader.readHeldOut(file);
  for (const file of pairFiles.filter((name) => !isHeldOut(name))) await reader.readPairs(file);
  for (const file of listFiles(path.join(dataFolder, 'text'))) await reader.readTexts(file);
  return reader.corpus;
}

/** The files of `pairs/`, by name. */
export function listPairFiles(dataFolder: string): string[] {
  return listFiles(path.join(dataFolder, 'pairs'));
}

/** Reads one file of `pairs/`. @throws {DataError} it is missing or broken */
export async function readPairFile(file: string): Promise<LabelledPair[]> {
  const pairs: LabelledPair[] = [];
  for await (const pair of readJsonl(file, pairSchema)) pairs.push(pair);
  return pairs;
}

/** Keys for finding copies of a text, whatever their case, punctuation and spacing. */
export class TextKeys {
  readonly #classes = characterClasses();

  of(text: string): string {
    return splitWords(text, this.#classes).join(' ');
  }
}

/** Whether the pairs of a file are never fitted on. */
export function isHeldOut(file: string): boolean {
  return /\.(?:dev|test)\.jsonl\.gz$/.test(file);
}

function listFiles(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (cause) {
    throw new DataError(`${folder}: the folder is missing or cannot be read`, { cause });
  }
  const files = names.filter((name) => name.endsWith('.jsonl.gz')).sort();
  if (files.length === 0) throw new DataError(`${folder}: contains no .jsonl.gz file`);
  return files.map((name) => path.join(folder, name));
}

class CorpusReader {
  readonly #progress: Progress;
  readonly #keys = new TextKeys();
  readonly #held: Set<string>;
  readonly #texts: string[] = [];
  readonly #linked: number[] = [];
  readonly #positives = new Map<string, TextPair[]>();
  readonly #labelled = new Map<string, LabelledPair[]>();
  readonly #heldOut = new Map<string, LabelledPair[]>();
  #dropped = 0;

  constructor(progress: Progress, withheld: ReadonlySet<string>) {
    this.#progress = progress;
    this.#held = new Set(withheld);
  }

  get corpus(): Corpus {
    return {
      texts: this.#texts,
      linked: this.#linked,
      positives: this.#positives,
      labelled: this.#labelled,
      heldOut: this.#heldOut,
      dropped: this.#dropped,
    };
  }

  async readHeldOut(file: string): Promise<void> {
    const pairs = await readPairFile(file);
    for (const { a, b } of pairs) this.#held.add(this.#keys.of(a)).add(this.#keys.of(b));
    this.#heldOut.set(setName(file), pairs);
  }

  async readPairs(file: string): Promise<void> {
    const name = setName(file);
    const labelled: LabelledPair[] = [];
    const positives: TextPair[] = [];
    for await (const pair of readJsonl(file, pairSchema)) {
      if (this.#isHeld(pair.a) || this.#isHeld(pair.b)) continue;
      labelled.push(pair);
      if (pair.label === 1 && pair.a !== pair.b) positives.push([pair.a, pair.b]);
      if (pair.label === 1) this.#linked.push(this.#texts.length);
      this.#texts.push(pair.a, pair.b);
    }
    this.#labelled.set(name, labelled);
    this.#positives.set(name, positives);
    this.#progress.say(`${name}: ${labelled.length} pairs, ${positives.length} positive`);
  }

  async readTexts(file: string): Promise<void> {
    const name = setName(file);
    const positives: TextPair[] = [];
    let texts = 0;
    for await (const { text, positive } of readJsonl(file, textSchema)) {
      this.#progress.tick(() => `${name}: ${texts} texts`);
      if (this.#isHeld(text) || (positive !== undefined && this.#isHeld(positive))) continue;
      texts += 1;
      if (positive !== undefined && positive !== text) {
        positives.push([text, positive]);
        this.#linked.push(this.#texts.length);
        this.#texts.push(text, positive);
      } else {
        this.#texts.push(text);
      }
    }
    this.#positives.set(name, positives);
    this.#progress.say(`${name}: ${texts} texts, ${positives.length} with a positive`);
  }

  #isHeld(text: string): boolean {
    const held = this.#held.has(this.#keys.of(text));
    if (held) this.#dropped += 1;
    return held;
  }
}

/** `pairs/qqp.train.jsonl.gz` → `qqp`, `text/docs.jsonl.gz` → `docs`. */
export function setName(file: string): string {
  return path.basename(file).replace(/(?:\.(?:train|dev|test))?\.jsonl\.gz$/, '');
}
