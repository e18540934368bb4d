import * as z from 'zod';

/** The longest delay of a timer in milliseconds: Node.js counts in 32 bits, and a longer timer would fire at once. */
export const MAX_TIMER_MS = 2_147_483_647;

/** A duration in milliseconds, at least 1. */
export const durationMs = z.int().min(1).max(MAX_TIMER_MS);
