import type { JsonObject } from '../json.js';
import type { Losses } from '../neutral/losses.js';
import type { NeutralRequest } from '../neutral/request.js';
import type { ClaudeTraits } from './claude-traits.js';

/** Claude's maximum; OpenAI's is 2. */
const MAX_TEMPERATURE = 1;

/** `temperature`, `top_p` and `top_k`, as far as the model accepts them with or without thinking. */
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
    // 1 is the default everywhere, and some clients always send it.
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
  // 1 is the default, so dropping it loses nothing.
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
