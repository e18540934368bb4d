import * as z from 'zod';
import { section } from './section.js';

/** The largest `max_entries`: entries are read at startup and held in memory. */
const MAX_ENTRIES = 200_000;

/** `adaptation`: how the router learns from the operator's own traffic. */
export const adaptation = section({
  folder: z
    .string()
    .min(1)
    .default('state')
    .describe(
      'Folder for tuned heads and feedback, relative to this file. Created when there is something to write.',
    ),
  feedback: z
    .boolean()
    .default(true)
    .describe('Whether `POST /v1/feedback` is enabled. `false` answers it with 404.'),
  keep_text: z
    .boolean()
    .default(false)
    .describe(
      'Whether to store the prompt with its feedback. Without it, only numbers are stored (a sentence vector with one byte per dimension, and the dense features), and `suffice tune` cannot learn from words.',
    ),
  max_entries: z
    .int()
    .min(0)
    .max(MAX_ENTRIES)
    .default(20_000)
    .describe('How many of the latest feedback entries are kept.'),
  memory: z
    .boolean()
    .default(true)
    .describe(
      'Whether feedback slightly adjusts predictions for similar prompts at once. `suffice tune` can use feedback either way.',
    ),
});
