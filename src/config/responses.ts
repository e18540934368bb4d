import * as z from 'zod';
import { section } from './section.js';

const MIB = 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** As long as OpenAI keeps them. */
const MAX_DAYS = 30;

/** Responses that are kept for their clients. */
export const responses = section({
  keep_ms: z
    .int()
    .min(0)
    .max(MAX_DAYS * DAY_MS)
    .default(DAY_MS)
    .describe(
      'How long a response is kept in memory after it was made or last gone on from, for the key that asked for it; a restart forgets them all. 0 keeps none: then clients send the whole conversation.',
    ),
  max_bytes: z
    .int()
    .min(MIB)
    .max(64 * 1024 * MIB)
    .default(64 * MIB)
    .describe(
      'Most memory for responses and what they answer; what was used longest ago is forgotten first.',
    ),
});
