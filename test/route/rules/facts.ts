import type { RuleFacts } from '../../../src/route/rules/facts.js';

interface FactChanges extends Partial<
  Omit<RuleFacts, 'conversation' | 'features' | 'key' | 'budget'>
> {
  readonly conversation?: Partial<RuleFacts['conversation']>;
  readonly features?: Partial<RuleFacts['features']>;
  readonly key?: Partial<RuleFacts['key']>;
  readonly budget?: Partial<RuleFacts['budget']>;
}

/** Friday, 20 November 2026, 09:30 UTC. */
export const FRIDAY_MORNING_MS = Date.UTC(2026, 10, 20, 9, 30);

/** The facts of a short English question, with the given changes. */
export function someFacts(changes: FactChanges = {}): RuleFacts {
  const { conversation, features, key, budget, ...rest } = changes;
  return {
    model: 'auto',
    stream: false,
    metadata: {},
    timeMs: FRIDAY_MORNING_MS,
    ...rest,
    conversation: {
      messages: [],
      tools: [],
      toolRequired: false,
      choices: 1,
      maxOutputTokens: null,
      reasoningEffort: null,
      ...conversation,
    },
    features: {
      text: 'What is the capital of France?',
      task: 'What is the capital of France?',
      materialChars: 0,
      inputTokens: 8,
      language: 'en',
      code: 0,
      maths: 0,
      turns: 1,
      tools: 0,
      images: 0,
      format: 'text',
      needs: [],
      maxOutputTokens: null,
      dense: new Float32Array(),
      ...features,
    },
    key: { name: 'somebody', metadata: {}, ...key },
    budget: { limitUsd: null, spentUsd: 0, ...budget },
  };
}

export function tool(name: string): RuleFacts['conversation']['tools'][number] {
  return { name, description: '', parameters: null, definitionLength: 40 };
}
