import * as z from 'zod';
import { DataError } from '../../outcomes/jsonl.js';
import { readCsv } from './csv-text.js';

/** A file that was fetched. */
export interface FetchedFile {
  readonly name: string;
  readonly text: string;
}

/** An outcome line in its serialised form. */
export type OutcomeLine = Readonly<Record<string, unknown>>;

/**
 * Converts a published file into outcome lines.
 *
 * @param contaminated - prompts that the publishers exclude from their own evaluation
 * @throws {DataError} with file and line, if the file does not have the expected format
 */
export type Loader = (
  set: string,
  file: FetchedFile,
  contaminated: ReadonlySet<string>,
) => Generator<OutcomeLine>;

const CHARS_PER_TOKEN = 4;
const GRADES: Readonly<Record<string, number>> = { true: 1, false: 0 };

/**
 * RouteLLM's graded responses: `prompt`, a column of True and False for each model, and for some sets a
 * column `MODEL_response` with the answer.
 */
export function* routellm(
  set: string,
  { name, text }: FetchedFile,
  contaminated: ReadonlySet<string>,
): Generator<OutcomeLine> {
  let number = 0;
  for (const record of readCsv(name, text)) {
    number += 1;
    const { prompt, ...columns } = record;
    if (prompt === undefined) throw new DataError(`${name}:1: there is no column "prompt"`);
    const models = Object.keys(columns).filter((column) => !column.endsWith('_response'));
    const outcomes = models.map((model) => {
      const score = GRADES[(columns[model] ?? '').toLowerCase()];
      if (score === undefined) {
        throw new DataError(`${name}: record ${number}: "${model}" is neither True nor False`);
      }
      const response = columns[`${model}_response`];
      const tokens =
        response === undefined
          ? {}
          : { in_tokens: tokensOf(prompt), out_tokens: tokensOf(response) };
      return [modelName(model), { score, ...tokens }];
    });
    yield {
      id: `${name.replace(/\.csv$/u, '')}/${number - 1}`,
      dataset: set,
      category: name.replace(/^mmlu_|\.csv$/gu, ''),
      prompt,
      contaminated: contaminated.has(prompt),
      outcomes: Object.fromEntries(outcomes) as unknown,
    };
  }
}

const RESPONSE = '|model_response';
const COST = '|total_cost';

/**
 * RouterBench's table as CSV: `sample_id`, `prompt`, `eval_name`, and for each model a column of scores and
 * one of what it cost, `MODEL|total_cost`.
 */
export function* routerbench(set: string, { name, text }: FetchedFile): Generator<OutcomeLine> {
  let number = 0;
  for (const record of readCsv(name, text)) {
    number += 1;
    const { sample_id, prompt, eval_name } = record;
    if (sample_id === undefined || prompt === undefined || eval_name === undefined) {
      throw new DataError(`${name}:1: a column is missing: sample_id, prompt or eval_name`);
    }
    const models = Object.keys(record).flatMap((column) =>
      column.endsWith(COST) ? [column.slice(0, -COST.length)] : [],
    );
    if (models.length === 0) throw new DataError(`${name}:1: no column ends in "${COST}"`);
    const numberIn = (column: string): number => {
      const value = Number(record[column] === '' ? Number.NaN : record[column]);
      if (Number.isFinite(value)) return value;
      throw new DataError(`${name}: record ${number}: "${column}" is not a number`);
    };
    const outcomes = models.map((model) => {
      const answer = record[`${model}${RESPONSE}`];
      const tokens = answer === undefined ? {} : { out_tokens: tokensOf(answer) };
      const score = numberIn(model);
      return [modelName(model), { score, ...tokens, cost_usd: numberIn(`${model}${COST}`) }];
    });
    yield {
      id: sample_id,
      dataset: set,
      category: eval_name.replace(/\..*$/u, ''),
      prompt: promptIn(prompt),
      outcomes: Object.fromEntries(outcomes) as unknown,
    };
  }
}

/** A file that already has the format of outcomes; its lines are validated after writing. */
export function* plainJsonl(_set: string, { name, text }: FetchedFile): Generator<OutcomeLine> {
  let number = 0;
  for (const line of text.split('\n')) {
    number += 1;
    if (line.trim() === '') continue;
    yield parseObject(line, `${name}:${number}`);
  }
}

/** RouteLLM's list of prompts that are too similar to its training data. */
export function contaminatedPrompts({ name, text }: FetchedFile): ReadonlySet<string> {
  const prompts = [...plainJsonl('', { name, text })].map(({ eval_prompt }) => eval_prompt);
  return new Set(prompts.filter((prompt) => typeof prompt === 'string'));
}

function parseObject(line: string, place: string): OutcomeLine {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw new DataError(`${place}: not JSON`, { cause });
  }
  const parsed = z.looseObject({}).safeParse(json);
  if (!parsed.success) throw new DataError(`${place}: not an object`);
  return parsed.data;
}

function tokensOf(text: string): number {
  return Math.max(1, Math.round(text.length / CHARS_PER_TOKEN));
}

/** RouterBench writes a prompt as the `repr` of a Python list with one string. */
function promptIn(text: string): string {
  const single = /^\[(['"])([\s\S]*)\1\]$/u.exec(text);
  return single === null ? text : (single[2] ?? '').replace(/\\(['"\\n])/gu, unescaped);
}

function unescaped(_whole: string, character: string): string {
  return character === 'n' ? '\n' : character;
}

/** From published model names to those that the catalog and the known sets use. */
const NAMES: Readonly<Record<string, string>> = {
  'gpt-4-1106-preview': 'openai/gpt-4-1106-preview',
  'gpt-3.5-turbo-1106': 'openai/gpt-3.5-turbo-1106',
  'claude-instant-v1': 'anthropic/claude-instant-1',
  'claude-v1': 'anthropic/claude-1',
  'claude-v2': 'anthropic/claude-2',
  'wizardlm/wizardlm-13b-v1.2': 'wizardlm/wizardlm-13b-v1.2',
  'meta/code-llama-instruct-34b-chat': 'meta/codellama-34b-instruct',
  'mistralai/mistral-7b-chat': 'mistralai/mistral-7b-instruct',
  'mistralai/mixtral-8x7b-chat': 'mistralai/mixtral-8x7b-instruct-v0.1',
  'zero-one-ai/yi-34b-chat': '01-ai/yi-34b-chat',
};

function modelName(published: string): string {
  const name = published.toLowerCase();
  return NAMES[name] ?? name;
}
