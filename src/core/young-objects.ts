import { setFlagsFromString } from 'node:v8';

/**
 * Objects begin among the young, whatever became of their like.
 *
 * V8 notes for every object literal in the code how many of its first objects outlive a collection of garbage.
 * Where nearly all do, it puts all later ones among the old at once ("allocation site pretenuring"). A gateway
 * starts by making things that stay, with the code that later makes the same for each request: predictions for
 * usual prompts, questions of kept answers. From then on what a request leaves behind waits among the old
 * for a full collection, and keeps alive whatever young it points to.
 *
 * Imported first, for its effect: `docs/decisions/0024-objects-begin-young.md`.
 */
setFlagsFromString('--no-allocation-site-pretenuring');
