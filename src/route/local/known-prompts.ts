import type { KnownPrompts } from '../ood-detector.js';
import { at } from '../factor-network.js';

/** A graded prompt's vector and language. */
export interface GradedPrompt {
  /** Unit length; `null` if the predictor makes none. */
  readonly vector: Float32Array | null;
  /** ISO 639-1 code, `und` if undetermined; `null` if the text was not kept. */
  readonly language: string | null;
}

/** Number of landmarks: each costs every decision an inner product. */
const MAX_LANDMARKS = 256;
/** Share of the graded prompts that are within the usual distance of another one. */
const USUAL_SHARE = 0.975;
/**
 * Bounds of the usual distance: prompts nearer than `least` have much in common even if all graded prompts are similar, prompts
 * farther than `most` hardly anything. In languages that the embedder was not trained on, texts are closer to each other:
 * unrelated requests are 0.25 to 0.5 apart in German and Chinese, and 0.6 to 0.9 in English.
 */
const USUAL_DISTANCE = { least: 0.4, leastForeign: 0.2, most: 0.9 };
/** The language that the embedder was trained on. */
const EMBEDDED_LANGUAGE = 'en';
/** Share and number of the graded prompts from which a language is known: fewer may be detection errors. */
const KNOWN_LANGUAGE = { share: 0.02, prompts: 10 };

/** Summarises the prompts that a head is fitted to; without sentence vectors there are no landmarks. */
export function knownPrompts(prompts: readonly GradedPrompt[]): KnownPrompts {
  const read = prompts.flatMap(({ vector, language }) =>
    vector === null ? [] : [{ vector, language }],
  );
  const vectors = read.map(({ vector }) => vector);
  const dims = vectors[0]?.length ?? 0;
  const step = Math.max(1, vectors.length / MAX_LANDMARKS);
  const chosen = Array.from({ length: Math.min(vectors.length, MAX_LANDMARKS) }, (_, i) =>
    Math.floor(i * step),
  );
  const landmarks = new Float32Array(chosen.length * dims);
  chosen.forEach((index, i) => {
    landmarks.set(vectors[index] ?? [], i * dims);
  });
  const distances = vectors.map((vector, own) => {
    let nearest = 0;
    for (const index of chosen) {
      // The distance to the nearest other prompt.
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
    // Unknown languages may be any.
    usualDistance: usualDistanceOf(distances, languages === null ? leastForeign : least),
    // Per language: the spread of English prompts says nothing about that of German ones.
    languages:
      languages &&
      new Map(
        languages.map((name) => [name, usualDistanceOf(distancesIn(name), leastDistanceIn(name))]),
      ),
  };
}

function usualDistanceOf(distances: readonly number[], least: number): number {
  const sorted = distances.toSorted((a, b) => a - b);
  const usual = sorted[Math.floor(USUAL_SHARE * sorted.length)] ?? 1;
  return Math.max(least, Math.min(USUAL_DISTANCE.most, usual));
}

function leastDistanceIn(language: string): number {
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
