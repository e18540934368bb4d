import type { JsonObject } from '../json.js';
import type { Losses } from '../neutral/losses.js';
import type { NeutralRequest } from '../neutral/request.js';
import type { ClaudeTraits } from './claude.js';

/** Claude's temperatures end where those of OpenAI are half way. */
const MAX_TEMPERATURE = 1;

/** `temperature`, `top_p` and `top_k`, as far as the model takes them while it thinks or does not. */
export function writeSampling(
  { sampling: { temperature, topP, topK }, names }: NeutralRequest,
  traits: ClaudeTraits,
  thinks: boolean,
  losses: Losses,
): JsonObject {
  const isFixed = thinks || traits.fixedSampling;
  const isTopPRefused = isFixed || (traits.oneOfTemperatureAndTopP && temperature !== undefined);
  return {
    ...writeTemperature(temperature, isFixed, losses),
    // One is what every provider does unasked, and what some clients always write.
    ...kept(
      'top_p',
      topP,
      isTopPRefused,
      topP !== 1
        ? () => {
            losses.note(names.topP, 'top_p');
          }
        : null,
    ),
    ...kept('top_k', topK, isFixed, () => {
      losses.note('top_k', 'top_k');
    }),
  };
}

function writeTemperature(
  temperature: number | undefined,
  isFixed: boolean,
  losses: Losses,
): JsonObject {
  if (temperature === undefined) return {};
  // One is what it does unasked: a model that takes no other need not be told.
  if (isFixed ? temperature !== 1 : temperature > MAX_TEMPERATURE) {
    losses.note('temperature', 'temperature');
  }
  return isFixed ? {} : { temperature: Math.min(temperature, MAX_TEMPERATURE) };
}

function kept(
  name: string,
  value: number | undefined,
  isRefused: boolean,
  onLoss: (() => void) | null,
): JsonObject {
  if (value === undefined) return {};
  if (!isRefused) return { [name]: value };
  onLoss?.();
  return {};
}
