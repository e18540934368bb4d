import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { Conversation } from '../core/conversation.js';
import { GatewayError } from '../core/errors.js';
import { openai } from '../dialects/openai/openai.js';
import { DataError, readJsonl } from './jsonl.js';
import { offeredTools } from './offered-tools.js';

const tokens = z.number().nonnegative().nullish();

const outcome = z.looseObject({
  score: z.number().min(0).max(1),
  in_tokens: tokens,
  out_tokens: tokens,
  cost_usd: z.number().nonnegative().nullish(),
});

const line = z.looseObject({
  id: z.union([z.string(), z.number()]),
  dataset: z.string().min(1).nullish(),
  category: z.string().nullish(),
  prompt: z.string().nullish(),
  messages: z
    .array(z.looseObject({ role: z.string() }))
    .min(1)
    .nullish(),
  tools: offeredTools.nullish(),
  contaminated: z.boolean().nullish(),
  outcomes: z.record(z.string(), outcome),
});

/** The prompt of a line, as written. */
export type PromptFields = Partial<Pick<z.infer<typeof line>, 'prompt' | 'messages' | 'tools'>>;

/** The graded answer of one model to one prompt. */
export interface GradedOutcome {
  /** 0 to 1. */
  readonly score: number;
  /** `null` if unknown. */
  readonly inTokens: number | null;
  readonly outTokens: number | null;
  /** `null` if unknown. */
  readonly costUsd: number | null;
}

/** A line of an outcome file: a prompt and the graded answers to it. */
export interface GradedLine {
  readonly id: string;
  /** Default: the file's name without its extensions. */
  readonly dataset: string;
  /** Default: `''`. */
  readonly category: string;
  /** The user's text in the prompt. */
  readonly text: string;
  /** The prompt as the gateway would read it from a request. */
  readonly conversation: Conversation;
  /** Whether its publishers exclude it from evaluations. */
  readonly contaminated: boolean;
  readonly outcomes: ReadonlyMap<string, GradedOutcome>;
}

/** The content of an outcome file. */
export interface OutcomeFile {
  readonly file: string;
  /** Of the file's bytes, before decompression; hexadecimal. */
  readonly sha256: string;
  readonly lines: readonly GradedLine[];
}

const EXTENSION = /\.jsonl(?:\.gz)?$/u;

/**
 * The outcome files at these paths: files themselves, and every `.jsonl` and `.jsonl.gz` file in
 * folders, ordered by name.
 *
 * @throws {DataError} a path does not exist, or a folder has no such file
 */
export async function outcomeFiles(paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const at of paths) {
    const stats = await stat(at).catch((cause: unknown) => {
      throw new DataError(`${at}: no such file or folder`, { cause });
    });
    if (!stats.isDirectory()) {
      found.push(at);
      continue;
    }
    const names = (await readdir(at)).filter((name) => EXTENSION.test(name)).toSorted();
    if (names.length === 0)
      throw new DataError(`${at}: the folder has no .jsonl or .jsonl.gz files`);
    found.push(...names.map((name) => path.join(at, name)));
  }
  return [...new Set(found)];
}

/**
 * Reads a whole outcome file.
 *
 * @throws {DataError} with file and line: not JSON, not in the format, or without prompt or outcomes
 */
export async function readOutcomeFile(file: string): Promise<OutcomeFile> {
  const lines: GradedLine[] = [];
  const schema = gradedLine(path.basename(file).replace(EXTENSION, ''));
  for await (const entry of readJsonl(file, schema)) lines.push(entry);
  return { file, sha256: await hashOf(file), lines };
}

/** The schema of a line, which also converts it. @param dataset - for lines that name none */
function gradedLine(dataset: string): z.ZodType<GradedLine> {
  return line.transform((entry, context): GradedLine => {
    const conversation = conversationOf(entry);
    if (typeof conversation === 'string') {
      context.addIssue({ code: 'custom', message: conversation });
      return z.NEVER;
    }
    return {
      id: String(entry.id),
      dataset: entry.dataset ?? dataset,
      category: entry.category ?? '',
      text: entry.prompt ?? userText(conversation),
      conversation,
      contaminated: entry.contaminated ?? false,
      outcomes: new Map(
        Object.entries(entry.outcomes).map(([model, one]) => [model, toOutcome(one)]),
      ),
    };
  });
}

function toOutcome(one: z.infer<typeof outcome>): GradedOutcome {
  return {
    score: one.score,
    inTokens: one.in_tokens ?? null,
    outTokens: one.out_tokens ?? null,
    costUsd: one.cost_usd ?? null,
  };
}

/** The conversation in a prompt, as the gateway would read it; or, as a sentence, why it would refuse it. */
export function conversationOf({ prompt, messages, tools }: PromptFields): Conversation | string {
  if (prompt == null && messages == null) return 'a line needs "prompt" or "messages"';
  const body = {
    model: 'auto',
    messages: messages ?? [{ role: 'user', content: prompt }],
    tools: tools ?? undefined,
  };
  try {
    return openai.readRequest(Buffer.from(JSON.stringify(body))).conversation();
  } catch (error) {
    if (error instanceof GatewayError) return error.message;
    throw error;
  }
}

function userText({ messages }: Conversation): string {
  return messages
    .filter(({ role }) => role === 'user')
    .flatMap(({ parts }) => parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])))
    .join('\n');
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
