import { request } from 'undici';
import * as z from 'zod';

const tags = z.looseObject({ models: z.array(z.looseObject({ name: z.string() })) });

/**
 * Asks a local Ollama which models it has.
 *
 * @param baseUrl - where Ollama listens, with or without the `/v1` of its OpenAI-compatible side
 * @param timeoutMs - for everything together; 300 is plenty on one's own machine
 * @returns the names that its API takes, `[]` if it has none yet; `null` if no Ollama answers there
 */
export async function probeOllama(baseUrl: string, timeoutMs = 300): Promise<string[] | null> {
  const url = URL.canParse('/api/tags', baseUrl) ? new URL('/api/tags', baseUrl) : null;
  if (url === null) return null;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await request(url, { signal, reset: true });
    const body: unknown = await answer.body.json();
    if (answer.statusCode !== 200) return null;
    const read = tags.safeParse(body);
    return read.success ? read.data.models.map((model) => model.name) : null;
  } catch {
    // Nobody there, too slow, or not JSON: for a probe all of these are the answer "no".
    return null;
  }
}
