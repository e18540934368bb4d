import { faultlessFigures, QUIET_CORES, type Figures } from './report.js';

/** A performance target for one scenario, and whether this run met it. */
export interface TargetResult {
  readonly text: string;
  readonly kept: boolean;
}

const RATIOS: Readonly<Record<string, number>> = { fixed: 10, auto60: 6, auto250: 6 };
const MAX_ADDED_FIRST_TOKEN_US = 500;
const FILLED_SHARE = 0.9;

/**
 * Checks one scenario against its target; undefined for scenarios without a target or without the gateways it needs.
 *
 * The ratio is of requests per second if both gateways saturated their core, else of CPU time per request, which is
 * least affected by other processes.
 */
export function checkTarget(scenario: string, all: readonly Figures[]): TargetResult | undefined {
  const suffice = faultlessFigures(all, 'suffice');
  const portkey = faultlessFigures(all, 'portkey');
  const direct = faultlessFigures(all, 'direct');
  const ratio = RATIOS[scenario];
  if (ratio !== undefined && suffice !== undefined && portkey !== undefined) {
    const filled = Math.min(suffice.coreShare, portkey.coreShare) >= FILLED_SHARE;
    const speedup = filled ? suffice.perSecond / portkey.perSecond : portkey.cpuUs / suffice.cpuUs;
    const unit = filled ? 'requests/s on one core' : 'CPU time per request';
    return {
      text: `${scenario}: ${speedup.toFixed(1)} x Portkey in ${unit}, target ${ratio}`,
      kept: speedup >= ratio,
    };
  }
  if (scenario === 'ttft' && suffice !== undefined && direct !== undefined) {
    const addedUs = suffice.p50Us - direct.p50Us;
    const noise = suffice.foreignCores > QUIET_CORES ? ' (machine busy)' : '';
    return {
      text: `ttft: ${addedUs.toFixed(0)} µs added at the median${noise}, target ${MAX_ADDED_FIRST_TOKEN_US}`,
      kept: addedUs <= MAX_ADDED_FIRST_TOKEN_US,
    };
  }
  return undefined;
}
