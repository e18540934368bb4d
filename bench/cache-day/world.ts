import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';

/** Questions, each in all of its wordings. */
export interface World {
  readonly questions: readonly (readonly string[])[];
  /** The near misses of each question, as indices into `questions`. */
  readonly nearMisses: readonly (readonly number[])[];
  readonly wordings: number;
}

const pair = z.object({ a: z.string(), b: z.string(), label: z.number() });

/**
 * Merges texts that pairs label as the same question.
 *
 * Texts without such a label count as different. Not all combinations were labelled, so a few answers that
 * count as wrong here would be right.
 *
 * @param folder - of `*.dev.jsonl.gz` files
 * @param sets - names of the files to read, without extensions
 */
export function readWorld(folder: string, sets: readonly string[]): World {
  const pairs = readdirSync(folder)
    .filter((file) => sets.some((set) => file === `${set}.dev.jsonl.gz`))
    .flatMap((file) => pairsIn(path.join(folder, file)));
  const representatives = new Representatives();
  for (const { a, b, label } of pairs) if (label === 1) representatives.join(a, b);
  const texts = new Set(pairs.flatMap(({ a, b }) => [a, b]));
  const questions = new Map<string, string[]>();
  for (const text of texts) {
    const wordings = questions.get(representatives.of(text)) ?? [];
    wordings.push(text);
    questions.set(representatives.of(text), wordings);
  }
  const places = new Map([...questions.keys()].map((name, place) => [name, place]));
  const nearMisses = Array.from(questions, (): number[] => []);
  for (const { a, b, label } of pairs) {
    const [one = 0, other = 0] = [a, b].map((text) => places.get(representatives.of(text)));
    // Pairs may contradict each other.
    if (label === 1 || one === other) continue;
    nearMisses[one]?.push(other);
    nearMisses[other]?.push(one);
  }
  return { questions: [...questions.values()], nearMisses, wordings: texts.size };
}

/** Maps each text to one representative of its question (union-find). */
class Representatives {
  readonly #same = new Map<string, string>();

  of(text: string): string {
    let current = text;
    for (let next = this.#same.get(current); next !== undefined; next = this.#same.get(current)) {
      current = next;
    }
    return current;
  }

  join(a: string, b: string): void {
    const [first, second] = [this.of(a), this.of(b)];
    if (first !== second) this.#same.set(second, first);
  }
}

function pairsIn(file: string): readonly z.output<typeof pair>[] {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => pair.parse(JSON.parse(line)));
}
