import type { ClientDialectName } from '../../src/dialects/dialect.js';

export const CLIENTS: readonly ClientDialectName[] = [
  'openai',
  'anthropic',
  'gemini',
  'responses',
  'completions',
];

export const openaiAnswer = (message: object, more: object = {}) => ({
  id: 'c1',
  model: 'm',
  created: 1,
  choices: [
    { index: 0, message: { role: 'assistant', content: 'hi', ...message }, finish_reason: 'stop' },
  ],
  ...more,
});

export const geminiAnswer = (parts: readonly object[], more: object = {}, usage: object = {}) => ({
  candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0, ...more }],
  usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 5, ...usage },
});

/** The parts of an answer that are reported as dropped. */
export const lostIn = (summary: { lost?: readonly { field: string }[] }): readonly string[] =>
  (summary.lost ?? []).map(({ field }) => field);
