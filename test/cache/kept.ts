import type { LoadedAnswer } from '../../src/cache/cached-answer.js';

/** An answer whose text contains its key, so that a mix-up shows. It was stored long ago and never expires. */
export function keptAnswer(key: string, more: Partial<LoadedAnswer> = {}): LoadedAnswer {
  const told = { namespace: 'n', tags: [], tenant: null, storedAtMs: 0, expiresAtMs: 1e15 };
  const facts = { source: `dec_${key}`, model: 'm', costUsd: null, tookMs: 0, simulated: false };
  const payload = { form: 'whole', body: Buffer.from(`the answer to ${key}`) } as const;
  return {
    key,
    question: { partition: 'p', text: `red ${key}` },
    ...facts,
    ...told,
    payload,
    ...more,
  };
}
