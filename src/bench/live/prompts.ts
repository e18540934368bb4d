import { createHash } from 'node:crypto';
import * as z from 'zod';
import { DataError, readJsonl } from '../../outcomes/jsonl.js';

/** How an answer is graded. */
export const GRADERS = ['exact', 'regex', 'schema', 'judge'] as const;
export type GraderName = (typeof GRADERS)[number];

const promptLine = z.strictObject({
  id: z.union([z.string(), z.number()]).transform(String),
  prompt: z.string().min(1).optional(),
  messages: z
    .array(z.looseObject({ role: z.string() }))
    .min(1)
    .optional(),
  tools: z.array(z.looseObject({})).optional(),
  category: z.string().optional(),
  expected: z.unknown().optional(),
  grader: z.enum(GRADERS).optional(),
});

/** One of the user's prompts, and how answers to it are graded. */
export interface LivePrompt {
  readonly id: string;
  readonly category: string;
  readonly messages: readonly Readonly<Record<string, unknown>>[];
  readonly tools: readonly Readonly<Record<string, unknown>>[] | null;
  /** Texts, a regular expression or a JSON schema, depending on the grader; `undefined` for none. */
  readonly expected: unknown;
  readonly grader: GraderName;
  /** Hash of everything that is sent to a model, so that a changed prompt is sent again. */
  readonly hash: string;
}

/**
 * Reads prompts, one per line: `{"id", "prompt" or "messages", "expected"?, "grader"?}`.
 *
 * @param defaultGrader - for lines that name no grader
 * @throws {DataError} with file and line; also for a duplicate id
 */
export async function readPrompts(
  file: string,
  defaultGrader: GraderName,
): Promise<readonly LivePrompt[]> {
  const prompts = new Map<string, LivePrompt>();
  for await (const entry of readJsonl(file, livePrompt(defaultGrader))) {
    if (prompts.has(entry.id)) throw new DataError(`${file}: the id "${entry.id}" appears twice`);
    prompts.set(entry.id, entry);
  }
  if (prompts.size === 0) throw new DataError(`${file}: it contains no prompts`);
  return [...prompts.values()];
}

function livePrompt(defaultGrader: GraderName): z.ZodType<LivePrompt> {
  return promptLine.transform((entry, context): LivePrompt => {
    const { id, prompt, category = '', tools = null, expected, grader = defaultGrader } = entry;
    const messages = entry.messages ?? [{ role: 'user', content: prompt }];
    const fault = faultOf(entry, grader);
    if (fault !== null) {
      context.addIssue({ code: 'custom', message: fault });
      return z.NEVER;
    }
    const hash = createHash('sha256').update(JSON.stringify({ messages, tools })).digest('hex');
    return { id, category, messages, tools, expected, grader, hash: hash.slice(0, 16) };
  });
}

function faultOf(
  { prompt, messages, expected }: z.infer<typeof promptLine>,
  grader: GraderName,
): string | null {
  if ((prompt === undefined) === (messages === undefined)) {
    return 'a line needs either "prompt" or "messages"';
  }
  switch (grader) {
    case 'exact': {
      const texts = z.union([z.string(), z.array(z.string()).min(1)]);
      return texts.safeParse(expected).success
        ? null
        : 'the grader "exact" needs "expected": a text, or a list of texts';
    }
    case 'regex':
      return isRegExp(expected) ? null : '"expected" is not a regular expression';
    case 'schema':
      return schemaFault(expected);
    case 'judge':
      return expected === undefined || typeof expected === 'string'
        ? null
        : 'the grader "judge" takes a reference answer as "expected": a text';
  }
}

/** Checked before anything is spent, because answers could not be graded with an invalid schema. */
function schemaFault(expected: unknown): string | null {
  if (typeof expected !== 'object' || expected === null) {
    return 'the grader "schema" needs "expected": a JSON schema';
  }
  try {
    z.fromJSONSchema(expected as Parameters<typeof z.fromJSONSchema>[0]);
    return null;
  } catch (error) {
    return `"expected" is not a JSON schema that can be checked: ${(error as Error).message}`;
  }
}

function isRegExp(expected: unknown): boolean {
  if (typeof expected !== 'string') return false;
  try {
    new RegExp(expected, 'u');
    return true;
  } catch {
    return false;
  }
}
