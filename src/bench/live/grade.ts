import * as z from 'zod';
import type { LivePrompt } from './prompts.js';

/**
 * Grades an answer locally, without a judge.
 *
 * @returns 0 or 1; `null` if the grader is `judge`
 */
export function gradeAnswer({ grader, expected }: LivePrompt, answer: string): 0 | 1 | null {
  switch (grader) {
    case 'exact': {
      const texts = (Array.isArray(expected) ? expected : [expected]) as readonly string[];
      const actual = normalised(answer);
      return texts.some((text) => normalised(text) === actual) ? 1 : 0;
    }
    case 'regex':
      return new RegExp(expected as string, 'u').test(answer) ? 1 : 0;
    case 'schema':
      return matchesSchema(answer, expected) ? 1 : 0;
    case 'judge':
      return null;
  }
}

/** Removes differences that do not matter: case, spacing, surrounding quotes and a final full stop. */
function normalised(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/^["'`*]+|["'`*.]+$/gu, '');
}

/** Most models put JSON in a Markdown code fence. */
const FENCED = /^```(?:json)?\s*([\s\S]*?)\s*```$/u;

function matchesSchema(answer: string, schema: unknown): boolean {
  const text = FENCED.exec(answer.trim())?.[1] ?? answer;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // An answer that is not JSON is graded 0; the grader did not fail.
    return false;
  }
  return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(json).success;
}
