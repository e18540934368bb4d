import type { KnownPrompts } from '../familiarity.js';
import { at } from '../factor-network.js';

/** A graded prompt, as far as it tells which prompts are like it. */
export interface GradedPrompt {
  /** Unit length; `null` where the predictor makes none. */
  readonly vector: Float32Array | null;
  /** ISO 639-1 code, `und` when undetermined; `null` where no text was kept. */
  readonly language: string | null;
}

/** Most prompts that stand for all: each costs every decision the product of two vectors. */
const MOST_LANDMARKS = 256;
/** Share of the graded prompts that lie within the usual distance of another. */
const USUAL_SHARE = 0.975;
/**
 * Bounds of the usual distance: below the first a prompt has much in common with a graded one even where all graded ones are of one
 * mould, above the last hardly anything. In languages that the embedder was not trained on, texts lie nearer together: requests
 * that have nothing in common are 0.25 to 0.5 apart in German and Chinese, and 0.6 to 0.9 in English.
 */
const USUAL_DISTANCE = { least: 0.4, leastForeign: 0.2, most: 0.9 };
/** The language that the embedder was trained on. */
const EMBEDDED_LANGUAGE = 'en';
/** Share and number of the graded prompts from which a language is known: below are misreadings of odd texts. */
const KNOWN_LANGUAGE = { share: 0.02, prompts: 10 };

/** What is known of the prompts that a head is fitted to; without sentence vectors, no prompt is like them. */
export function knownPrompts(prompts: readonly GradedPrompt[]): KnownPrompts {
  const read = prompts.flatMap(({ vector, language }) =>
    vector === null ? [] : [{ vector, language }],
  );
  const vectors = read.map(({ vector }) => vector);
  const dims = vectors[0]?.length ?? 0;
  const step = Math.max(1, vectors.length / MOST_LANDMARKS);
  const chosen = Array.from({ length: Math.min(vectors.length, MOST_LANDMARKS) }, (_, i) =>
    Math.floor(i * step),
  );
  const landmarks = new Float32Array(chosen.length * dims);
  chosen.forEach((index, i) => {
    landmarks.set(vectors[index] ?? [], i * dims);
  });
  const distances = vectors.map((vector, own) => {
    let nearest = 0;
    for (const index of chosen) {
      // What is measured is how near the others are.
      if (index !== own) nearest = Math.max(nearest, cosine(vector, vectors[index] ?? vector));
    }
    return 1 - nearest;
  });
  const distancesIn = (name: string): number[] =>
    read.flatMap(({ language }, i) => (language === name ? (distances[i] ?? []) : []));
  const languages = knownLanguages(prompts);
  const { least, leastForeign } = USUAL_DISTANCE;
  return {
    landmarks,
    // They may be in any language where nobody knows.
    usualDistance: usualOf(distances, languages === null ? leastForeign : least),
    // Each for itself: that the English ones differ widely says nothing of how the German ones do.
    languages:
      languages &&
      new Map(languages.map((name) => [name, usualOf(distancesIn(name), leastIn(name))])),
  };
}

function usualOf(distances: readonly number[], least: number): number {
  const sorted = distances.toSorted((a, b) => a - b);
  const usual = sorted[Math.floor(USUAL_SHARE * sorted.length)] ?? 1;
  return Math.max(least, Math.min(USUAL_DISTANCE.most, usual));
}

function leastIn(language: string): number {
  return language === EMBEDDED_LANGUAGE ? USUAL_DISTANCE.least : USUAL_DISTANCE.leastForeign;
}

function knownLanguages(prompts: readonly GradedPrompt[]): string[] | null {
  const counts = new Map<string, number>();
  let read = 0;
  for (const { language } of prompts) {
    if (language === null) continue;
    read += 1;
    counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  if (read === 0) return null;
  const enough = Math.max(KNOWN_LANGUAGE.prompts, KNOWN_LANGUAGE.share * read);
  return [...counts]
    .filter(([name, count]) => name !== 'und' && count >= enough)
    .map(([name]) => name)
    .sort();
}

function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += at(a, i) * at(b, i);
  return sum;
}
