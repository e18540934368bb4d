import { request } from 'undici';
import * as z from 'zod';
import type { Capability, LocalModel } from '../core/model.js';

const details = z.looseObject({ parameter_size: z.string(), family: z.string() }).partial();
const tags = z.looseObject({
  models: z.array(z.looseObject({ name: z.string(), details: details.optional() })),
});
const shown = z.looseObject({ capabilities: z.array(z.string()) });

type Tag = z.infer<typeof tags>['models'][number];

/** The gateway's name of what Ollama says that a model can do. */
const CAPABILITY: Readonly<Record<string, Capability>> = {
  tools: 'tools',
  vision: 'vision',
  thinking: 'reasoning',
};
/** Ollama itself makes answers follow a format, whatever the model. */
const OF_SERVER = ['json_mode', 'json_schema'] as const;
/** Architectures that make vectors only; older versions of Ollama do not state capabilities. */
const EMBEDDING_FAMILY = /bert|^xlm-roberta|embed/;

/**
 * Lists the models of a local Ollama, with what it says about each.
 *
 * Context windows are left out: Ollama reports what a model was trained for, but serves a shorter window that it does not report.
 *
 * @param baseUrl - where Ollama listens, with or without the `/v1` of its OpenAI-compatible side
 * @param timeoutMs - for the list, and again for all details; 300 is plenty on the same machine
 * @returns `[]` if it has no models yet; `null` if no Ollama answers there
 */
export async function probeOllama(
  baseUrl: string,
  timeoutMs = 300,
): Promise<readonly LocalModel[] | null> {
  const list = await ask(baseUrl, '/api/tags', timeoutMs);
  const read = tags.safeParse(list);
  if (!read.success) return null;
  return Promise.all(
    read.data.models.map(async (tag) =>
      describe(tag, await capabilitiesOf(tag, baseUrl, timeoutMs)),
    ),
  );
}

function describe(tag: Tag, stated: readonly string[] | null): LocalModel {
  const family = tag.details?.family ?? '';
  return {
    name: tag.name,
    parameters: billions(tag.details?.parameter_size ?? ''),
    capabilities: stated === null ? assumedOf(family) : toCapabilities(stated),
  };
}

/** What Ollama says that a model can do; `null` if it does not say. */
async function capabilitiesOf(
  { name }: Tag,
  baseUrl: string,
  timeoutMs: number,
): Promise<readonly string[] | null> {
  const read = shown.safeParse(await ask(baseUrl, '/api/show', timeoutMs, { model: name }));
  return read.success ? read.data.capabilities : null;
}

function assumedOf(family: string): LocalModel['capabilities'] {
  return EMBEDDING_FAMILY.test(family) ? new Set(['embeddings']) : null;
}

function toCapabilities(stated: readonly string[]): ReadonlySet<Capability> {
  if (!stated.includes('completion') && stated.includes('embedding'))
    return new Set(['embeddings']);
  return new Set([...OF_SERVER, ...stated.flatMap((name) => CAPABILITY[name] ?? [])]);
}

/** Billions of parameters in texts such as `3.2B` and `137M`; `null` for any other. */
function billions(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)([BM])$/.exec(text);
  const size = Number(match?.[1] ?? 0) * (match?.[2] === 'M' ? 0.001 : 1);
  return size > 0 ? size : null;
}

/** The JSON that Ollama answers; `null` for anything else, and if it does not answer in time. */
async function ask(
  baseUrl: string,
  path: string,
  timeoutMs: number,
  body?: object,
): Promise<unknown> {
  const url = URL.canParse(path, baseUrl) ? new URL(path, baseUrl) : null;
  if (url === null) return null;
  try {
    const answer = await request(url, {
      signal: AbortSignal.timeout(timeoutMs),
      reset: true,
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    });
    const json: unknown = await answer.body.json();
    return answer.statusCode === 200 ? json : null;
  } catch {
    // Not listening, too slow, or not JSON: for a probe all of these mean "no".
    return null;
  }
}
