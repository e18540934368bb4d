import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ask, post, type TestApp } from '../support/app.js';

export const PROMPT = 'Why is the sky blue in the morning and red in the evening?';

/** A decision, and the model that answered. */
interface Decided {
  readonly id: string;
  readonly served: string;
}

/** Asks for an answer, which feedback may then be about. */
export async function decide(server: TestApp, key?: string, model = 'auto'): Promise<Decided> {
  const { headers } = await post(
    `${server.url}/v1/chat/completions`,
    ask(model, PROMPT, { max_tokens: 1 }),
    bearer(key),
  );
  const id = headers.get('x-suffice-decision') ?? '';
  return { id, served: headers.get('x-suffice-model') ?? '' };
}

const bearer = (key?: string): Record<string, string> =>
  key === undefined ? {} : { authorization: `Bearer ${key}` };

export const send = (server: TestApp, body: unknown, key?: string) =>
  post(`${server.url}/v1/feedback`, body, bearer(key));

/** The lines of a gateway's feedback file. */
export async function linesIn(server: TestApp): Promise<readonly Record<string, unknown>[]> {
  const text = await readFile(path.join(server.folder, 'state', 'feedback.jsonl'), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}
