import { existsSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import type { Conversation } from '../../../src/core/conversation.js';
import { conversationOf } from '../../../src/outcomes/outcome-file.js';
import type { PromptFields } from '../../../src/outcomes/outcome-file.js';
import { offeredTools } from '../../../src/outcomes/offered-tools.js';
import { readJsonl } from '../jsonl.js';
import { normalisedPrompt, partOf } from '../split.js';
import type { Part } from '../split.js';
import { FORMAT_FAILURES, OUTCOME_SETS } from './outcome-sets.js';
import type { OutcomeSet } from './outcome-sets.js';

const outcome = z.object({
  score: z.number().min(0).max(1),
  out_tokens: z.number().nonnegative().nullish(),
});

const row = z.object({
  prompt: z.string(),
  tools: offeredTools.nullish(),
  category: z.union([z.string(), z.number()]).nullish(),
  contaminated: z.boolean().optional(),
  outcomes: z.record(z.string(), outcome),
});

/** One model's graded answer. */
export interface Outcome {
  readonly model: string;
  /** 0 to 1. */
  readonly score: number;
  /** `null` when unknown or nominal. */
  readonly outTokens: number | null;
}

/** One prompt and how models answered it. */
export interface GradedPrompt {
  readonly set: OutcomeSet;
  /** Its set and the set's own category: prompts of one task have one form. */
  readonly task: string;
  readonly part: Part;
  readonly prompt: string;
  readonly conversation: Conversation;
  /** Whether RouteLLM leaves the row out of its own evaluation. */
  readonly contaminated: boolean;
  readonly outcomes: readonly Outcome[];
}

/**
 * Reads every set of graded answers that the folder has, in a fixed order.
 *
 * Training rows that repeat a prompt of a set used for evaluation only are left out.
 *
 * @param folder - the data folder; sets lie in its `outcomes`
 * @throws {DataError} broken file
 */
export async function readOutcomes(folder: string): Promise<GradedPrompt[]> {
  const prompts: GradedPrompt[] = [];
  for (const set of OUTCOME_SETS) {
    const file = path.join(folder, 'outcomes', `${set.name}.jsonl.gz`);
    if (!existsSync(file)) continue;
    for await (const entry of readJsonl(file, row)) prompts.push(toPrompt(set, entry));
  }
  const reserved = new Set(
    prompts
      .filter(({ set }) => set.name.startsWith('routellm'))
      .map((p) => normalisedPrompt(p.prompt)),
  );
  return prompts.filter(
    ({ set, prompt }) => set.use === 'evaluate' || !reserved.has(normalisedPrompt(prompt)),
  );
}

function toPrompt(set: OutcomeSet, entry: z.infer<typeof row>): GradedPrompt {
  const outcomes = Object.entries(entry.outcomes)
    .filter(([model]) => !FORMAT_FAILURES.has(`${set.name} ${model}`))
    .map(([model, { score, out_tokens }]) => ({
      model,
      score,
      outTokens: set.lengths && out_tokens != null && out_tokens >= 1 ? out_tokens : null,
    }));
  return {
    set,
    task: `${set.name}/${entry.category ?? ''}`,
    part: partOf(entry.prompt),
    prompt: entry.prompt,
    conversation: asConversation(entry),
    contaminated: entry.contaminated ?? false,
    outcomes,
  };
}

/** The request that a client would have sent: one user turn, and the tools if the set has them. */
export function asConversation(asked: PromptFields): Conversation {
  const conversation = conversationOf(asked);
  if (typeof conversation === 'string')
    throw new Error(`not a valid chat completions request: ${conversation}`);
  return conversation;
}
