import { setFlagsFromString } from 'node:v8';

/**
 * Turns off V8's allocation site pretenuring: all objects start in the young generation.
 *
 * V8 counts for every object literal in the code how many of its first objects survive a garbage collection. If
 * nearly all do, it allocates later ones in the old generation at once. A gateway starts by making long-lived
 * objects with the code that later makes short-lived ones for each request: predictions for usual prompts,
 * questions of cached answers. From then on a request's garbage would wait in the old generation for a full
 * collection, and keep alive whatever young objects it points to.
 *
 * Imported first, for its effect: `docs/decisions/0024-disable-allocation-site-pretenuring.md`.
 */
setFlagsFromString('--no-allocation-site-pretenuring');
