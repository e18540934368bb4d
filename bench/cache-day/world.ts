import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';

/** Questions, each in all of its wordings. */
export interface World {
  readonly questions: readonly (readonly string[])[];
  /** Of each question, those that a pair says only look like it; by place in `questions`. */
  readonly nearMisses: readonly (readonly number[])[];
  readonly wordings: number;
}

const pair = z.object({ a: z.string(), b: z.string(), label: z.number() });

/**
 * Puts together what pairs say is the same question.
 *
 * What no pair says to be the same counts as different, near misses above all; people who labelled the
 * pairs have not seen all of them, so a few answers that count as wrong here would have been right.
 *
 * @param folder - of `*.dev.jsonl.gz` files
 * @param sets - names of those to read, without the endings
 */
export function readWorld(folder: string, sets: readonly string[]): World {
  const pairs = readdirSync(folder)
    .filter((file) => sets.some((set) => file === `${set}.dev.jsonl.gz`))
    .flatMap((file) => pairsIn(path.join(folder, file)));
  const names = new Names();
  for (const { a, b, label } of pairs) if (label === 1) names.join(a, b);
  const texts = new Set(pairs.flatMap(({ a, b }) => [a, b]));
  const questions = new Map<string, string[]>();
  for (const text of texts) {
    const wordings = questions.get(names.of(text)) ?? [];
    wordings.push(text);
    questions.set(names.of(text), wordings);
  }
  const places = new Map([...questions.keys()].map((name, place) => [name, place]));
  const nearMisses = Array.from(questions, (): number[] => []);
  for (const { a, b, label } of pairs) {
    const [one = 0, other = 0] = [a, b].map((text) => places.get(names.of(text)));
    // Pairs may contradict each other.
    if (label === 1 || one === other) continue;
    nearMisses[one]?.push(other);
    nearMisses[other]?.push(one);
  }
  return { questions: [...questions.values()], nearMisses, wordings: texts.size };
}

/** One text stands for all that are the same question. */
class Names {
  readonly #same = new Map<string, string>();

  of(text: string): string {
    let name = text;
    for (let next = this.#same.get(name); next !== undefined; next = this.#same.get(name)) {
      name = next;
    }
    return name;
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
