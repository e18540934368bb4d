import { request } from 'undici';
import * as z from 'zod';
import type { Capability, LocalModel } from '../core/model.js';

const text = z.string().catch('');
const details = z
  .object({ parameter_size: text, family: text })
  .catch({ parameter_size: '', family: '' });
const tag = z.object({ name: z.string().min(1), details });
const tags = z.object({ models: z.array(z.unknown()) });
const shown = z.object({ capabilities: z.array(z.string()) });

type Tag = z.infer<typeof tag>;

/** The gateway's name of what Ollama says that a model can do. */
const CAPABILITY: ReadonlyMap<string, Capability> = new Map([
  ['tools', 'tools'],
  ['vision', 'vision'],
  ['thinking', 'reasoning'],
]);
/** Ollama itself makes answers follow a format, whatever the model. */
const OF_SERVER = ['json_mode', 'json_schema'] as const;
const EMBEDDINGS: ReadonlySet<Capability> = new Set(['embeddings']);
/** Architectures and names of models that make vectors only; older versions of Ollama do not state capabilities. */
const EMBEDDING_FAMILY = /bert|embed/;
const EMBEDDING_NAME = /embed/i;
/** Requests for details at a time: Ollama reads a file for each. */
const CONCURRENCY = 8;

/**
 * Lists the models of a local Ollama that chat or embed, with what it says about each.
 *
 * Context windows are left out: Ollama reports what a model was trained for, but serves a shorter window that it does not report.
 *
 * @param baseUrl - where Ollama listens, with or without the `/v1` of its OpenAI-compatible side
 * @param timeoutMs - for the list; 300 is plenty on the same machine
 * @param detailsMs - for the details of all models together; those that arrive later count as not stated
 * @returns `[]` if it has no models yet; `null` if no Ollama answers there
 */
export async function probeOllama(
  baseUrl: string,
  timeoutMs = 300,
  detailsMs = 2_000,
): Promise<readonly LocalModel[] | null> {
  const found = await listed(baseUrl, timeoutMs);
  if (found === null) return null;
  const signal = AbortSignal.timeout(detailsMs);
  const described = new Map<Tag, LocalModel | null>();
  const waiting = found.values();
  const describeRest = async (): Promise<void> => {
    for (const one of waiting)
      described.set(one, describe(one, await capabilitiesOf(one, baseUrl, signal)));
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, describeRest));
  return found.flatMap((one) => described.get(one) ?? []);
}

/** The models, each once; `null` if no Ollama answers. */
async function listed(baseUrl: string, timeoutMs: number): Promise<readonly Tag[] | null> {
  const read = tags.safeParse(await ask(baseUrl, '/api/tags', AbortSignal.timeout(timeoutMs)));
  if (!read.success) return null;
  const byName = new Map<string, Tag>();
  for (const entry of read.data.models) {
    const { success, data } = tag.safeParse(entry);
    if (success && !byName.has(data.name)) byName.set(data.name, data);
  }
  return [...byName.values()];
}

/** `null` for a model that makes images. */
function describe(
  { name, details: { family, parameter_size: size } }: Tag,
  stated: readonly string[] | null,
): LocalModel | null {
  if (stated?.includes('image') === true && !stated.includes('completion')) return null;
  const assumed = EMBEDDING_FAMILY.test(family) || EMBEDDING_NAME.test(name) ? EMBEDDINGS : null;
  return {
    name,
    parameters: billions(size),
    capabilities: stated === null ? assumed : toCapabilities(stated),
  };
}

/** What Ollama says that a model can do; `null` if it does not say. */
async function capabilitiesOf(
  { name }: Tag,
  baseUrl: string,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  const read = shown.safeParse(await ask(baseUrl, '/api/show', signal, { model: name }));
  return read.success ? read.data.capabilities : null;
}

function toCapabilities(stated: readonly string[]): ReadonlySet<Capability> {
  if (!stated.includes('completion') && stated.includes('embedding')) return EMBEDDINGS;
  return new Set([...OF_SERVER, ...stated.flatMap((name) => CAPABILITY.get(name) ?? [])]);
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
  signal: AbortSignal,
  body?: object,
): Promise<unknown> {
  if (!URL.canParse(baseUrl)) return null;
  const url = new URL(baseUrl);
  url.pathname = url.pathname.replace(/(?:\/v1)?\/*$/, path);
  try {
    const answer = await request(url, {
      signal,
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
