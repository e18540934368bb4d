import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { readJsonl } from '../../jsonl.js';
import { normalisedPrompt, partOf } from '../../split.js';
import type { OutcomeSet } from '../outcome-sets.js';
import { asConversation } from '../outcomes.js';
import type { GradedPrompt } from '../outcomes.js';

/** The models whose success was estimated, in the order of a rating. */
export const RATED_MODELS = [
  'meta/llama-3.1-8b-instruct',
  'openai/gpt-4o-mini',
  'openai/gpt-4o-2024-05-13',
] as const;

/** Stands for the sets of graded answers: prompts whose answers nobody graded, with the success that a reader expects. */
export const RATED_SET: OutcomeSet = {
  name: 'rated',
  licence: 'Apache-2.0',
  source: 'models/train/predictor/rated',
  use: 'train',
  weak: RATED_MODELS[0],
  strong: RATED_MODELS[2],
  preference: false,
  lengths: false,
};

const RATINGS = fileURLToPath(new URL('ratings.jsonl', import.meta.url));
const WRITTEN = fileURLToPath(new URL('written.jsonl', import.meta.url));
/** Files of the data folder that contain rated prompts. */
const TEXTS = ['prompts', 'queries'] as const;

const share = z.number().gt(0).lt(1);
const rating = z.tuple([share, share, share]);
/** Prompts are given by id (`promptId`), because they are third-party data; the data folder has their texts. */
const ratingSchema = z.strictObject({ id: z.string(), success: rating });
const writtenSchema = z.strictObject({ prompt: z.string(), success: rating });
const textSchema = z.object({ text: z.string() });

/** Expected probability of an adequate answer for each of `RATED_MODELS`, over 0 and under 1. */
export type Rating = z.infer<typeof rating>;

/** First 12 hex digits of the SHA-256 of the normalised prompt. */
export function promptId(prompt: string): string {
  return createHash('sha256').update(normalisedPrompt(prompt)).digest('hex').slice(0, 12);
}

/**
 * Ratings of third-party prompts by `promptId`. Some of these prompts have graded answers: they show how good the ratings are.
 *
 * @throws {DataError} broken file
 */
export async function readRatings(file = RATINGS): Promise<ReadonlyMap<string, Rating>> {
  const ratings = new Map<string, Rating>();
  for await (const { id, success } of readJsonl(file, ratingSchema)) ratings.set(id, success);
  return ratings;
}

/**
 * Rated prompts without graded answers, in the form of graded ones: scores are the ratings.
 *
 * @param folder - the data folder; rated texts that it lacks are left out
 * @param graded - prompts of all sets, test parts and evaluation sets included; none of them is returned
 * @throws {DataError} broken file
 */
export async function readRatedPrompts(
  folder: string,
  ratings: ReadonlyMap<string, Rating>,
  graded: readonly GradedPrompt[],
): Promise<GradedPrompt[]> {
  const taken = new Set(graded.map(({ prompt }) => promptId(prompt)));
  const found: GradedPrompt[] = [];
  const add = (prompt: string, success: Rating | undefined): void => {
    const id = promptId(prompt);
    if (success === undefined || taken.has(id)) return;
    taken.add(id);
    found.push(inFormOfGraded(prompt, success));
  };
  for (const kind of TEXTS) {
    const file = path.join(folder, 'text', `${kind}.jsonl.gz`);
    if (!existsSync(file)) continue;
    for await (const { text } of readJsonl(file, textSchema))
      add(text, ratings.get(promptId(text)));
  }
  for await (const { prompt, success } of readJsonl(WRITTEN, writtenSchema)) add(prompt, success);
  return found;
}

function inFormOfGraded(prompt: string, success: Rating): GradedPrompt {
  return {
    set: RATED_SET,
    task: RATED_SET.name,
    part: partOf(prompt),
    prompt,
    conversation: asConversation({ prompt }),
    contaminated: false,
    outcomes: RATED_MODELS.map((model, i) => ({
      model,
      score: success[i] ?? 0,
      outTokens: null,
    })),
  };
}
