import * as z from 'zod';
import { section } from './section.js';

const MIB = 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** OpenAI's own retention period. */
const MAX_DAYS = 30;

/** `responses`: stored responses that clients can continue. */
export const responses = section({
  keep_ms: z
    .int()
    .min(0)
    .max(MAX_DAYS * DAY_MS)
    .default(DAY_MS)
    .describe(
      'How long a response is kept in memory after it was created or last continued, for the key that requested it. A restart discards all. 0 stores none: clients must then send the whole conversation.',
    ),
  max_bytes: z
    .int()
    .min(MIB)
    .max(64 * 1024 * MIB)
    .default(64 * MIB)
    .describe(
      'Memory limit for stored responses and their input. When it is reached, the key that uses the most memory loses its least recently used response.',
    ),
});
