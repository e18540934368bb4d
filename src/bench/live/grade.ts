import * as z from 'zod';
import type { LivePrompt } from './prompts.js';

/**
 * Grades an answer without asking anybody.
 *
 * @returns 0 or 1; `null` where only a judge can say
 */
export function gradeOf({ grader, expected }: LivePrompt, answer: string): 0 | 1 | null {
  switch (grader) {
    case 'exact': {
      const texts = (Array.isArray(expected) ? expected : [expected]) as readonly string[];
      const given = normalised(answer);
      return texts.some((text) => normalised(text) === given) ? 1 : 0;
    }
    case 'regex':
      return new RegExp(expected as string, 'u').test(answer) ? 1 : 0;
    case 'schema':
      return fits(answer, expected) ? 1 : 0;
    case 'judge':
      return null;
  }
}

/** Case, spacing, quotes around the whole and a full stop at its end are not what was asked about. */
function normalised(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/^["'`*]+|["'`*.]+$/gu, '');
}

/** A fence around JSON is how most models write it when they write it in text. */
const FENCED = /^```(?:json)?\s*([\s\S]*?)\s*```$/u;

function fits(answer: string, schema: unknown): boolean {
  const text = FENCED.exec(answer.trim())?.[1] ?? answer;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // An answer that is not JSON fits no schema: that is the grade, not a failure of the grader.
    return false;
  }
  return z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(json).success;
}
