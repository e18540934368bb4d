import * as z from 'zod';

/** The longest wait, in milliseconds: timers of the run-time count in 32 bits, and a longer one would fire at once. */
export const MAX_TIMER_MS = 2_147_483_647;

/** How long something may take. At least 1. */
export const milliseconds = z.int().min(1).max(MAX_TIMER_MS);
