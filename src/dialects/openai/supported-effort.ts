import type { Target } from '../dialect.js';
import { nearestEffort } from '../effort.js';
import type { Losses } from '../neutral/losses.js';
import type { Thinking } from '../neutral/request.js';
import { effortOf } from '../neutral/router-view.js';

/** The properties of a model that determine which efforts it accepts. */
export type ReasoningSupport = Pick<Target, 'canThink' | 'efforts'>;

/** The efforts that compatible APIs with any support for effort accept. */
const COMMON = ['low', 'medium', 'high'];
const HIGHEST = 'high';

/**
 * The effort to send to a model in OpenAI's dialects; `null` to send none.
 *
 * An unsupported effort is rounded, which is noted as a hint. A model that cannot stop reasoning gets its lowest effort.
 *
 * @throws {GatewayError} `invalid_request` if nothing may be dropped and the model cannot do what is requested
 */
export function supportedEffort(
  thinking: Thinking | null,
  target: ReasoningSupport,
  losses: Losses,
): string | null {
  if (thinking === null) return null;
  const isOff = thinking.mode === 'off';
  // A model without reasoning already does what is requested.
  if (isOff && !target.canThink) return null;
  const effort = isOff ? 'none' : effortOf(thinking);
  const known = supportedBy(target, isOff);
  const nearest = known.length === 0 ? null : (nearestEffort(effort, known) ?? HIGHEST);
  if (nearest === effort) return effort;
  if (isOff || nearest === null) losses.note(thinking.at, 'thinking');
  else losses.hint(thinking.at, 'thinking');
  return nearest;
}

/** The supported efforts: not every compatible API accepts `none`. */
function supportedBy({ canThink, efforts }: ReasoningSupport, isOff: boolean): readonly string[] {
  if (!canThink) return [];
  return efforts ?? (isOff ? [] : COMMON);
}
