import type { Target } from '../dialect.js';
import { nearestEffort } from '../effort.js';
import type { Losses } from '../neutral/losses.js';
import type { Thinking } from '../neutral/request.js';
import { effortOf } from '../neutral/router-view.js';

/** What of a model decides how hard it can be told to think. */
export type Thinker = Pick<Target, 'canThink' | 'efforts'>;

/** What OpenAI's imitators know that have effort at all. */
const USUAL = ['low', 'medium', 'high'];
const MOST = 'high';

/**
 * How hard a model is to be told to think, in OpenAI's dialects; `null` where it is told nothing.
 *
 * An effort that the model does not know is rounded, which is named. A model that cannot be kept from thinking is asked
 * for the least.
 *
 * @throws {GatewayError} `invalid_request` where nothing may be left out and the model cannot do as it is asked
 */
export function knownEffort(
  wanted: Thinking | null,
  target: Thinker,
  losses: Losses,
): string | null {
  if (wanted === null) return null;
  const isOff = wanted.mode === 'off';
  // A model that cannot think keeps a promise not to.
  if (isOff && !target.canThink) return null;
  const effort = isOff ? 'none' : effortOf(wanted);
  const known = knownTo(target, isOff);
  const nearest = known.length === 0 ? null : (nearestEffort(effort, known) ?? MOST);
  if (nearest === effort) return effort;
  if (isOff || nearest === null) losses.note(wanted.at, 'thinking');
  else losses.hint(wanted.at, 'thinking');
  return nearest;
}

/** Not every imitator takes it for a word that a model shall not think. */
function knownTo({ canThink, efforts }: Thinker, isOff: boolean): readonly string[] {
  if (!canThink) return [];
  return efforts ?? (isOff ? [] : USUAL);
}
