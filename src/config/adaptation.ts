import * as z from 'zod';
import { section } from './section.js';

/** Most feedback entries that can be asked to be kept: they are read at the start, and held in memory. */
const MAX_ENTRIES = 200_000;

/** How the router learns from the operator's own traffic. */
export const adaptation = section({
  folder: z
    .string()
    .min(1)
    .default('state')
    .describe(
      'Folder for what is learnt here: tuned heads and feedback, relative to this file. Made when there is something to write.',
    ),
  feedback: z
    .boolean()
    .default(true)
    .describe('Whether `POST /v1/feedback` is taken. `false` answers it with 404.'),
  keep_text: z
    .boolean()
    .default(false)
    .describe(
      'Whether the prompt is written down with its feedback. Without it only numbers are kept (a sentence vector of one byte a dimension, and the dense features), and `suffice tune` cannot learn from words.',
    ),
  max_entries: z
    .int()
    .min(0)
    .max(MAX_ENTRIES)
    .default(20_000)
    .describe('Latest feedback kept; the oldest is forgotten first.'),
  memory: z
    .boolean()
    .default(true)
    .describe(
      'Whether feedback on similar prompts moves predictions at once, a little. `suffice tune` uses it all the same.',
    ),
});
