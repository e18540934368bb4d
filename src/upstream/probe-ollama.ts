import { request } from 'undici';
import * as z from 'zod';

const tags = z.looseObject({ models: z.array(z.looseObject({ name: z.string() })) });

/**
 * Lists the models of a local Ollama.
 *
 * @param baseUrl - where Ollama listens, with or without the `/v1` of its OpenAI-compatible side
 * @param timeoutMs - for the whole request; 300 is plenty on the same machine
 * @returns the models' names, `[]` if it has none yet; `null` if no Ollama answers there
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
    // Not listening, too slow, or not JSON: for a probe all of these mean "no".
    return null;
  }
}
