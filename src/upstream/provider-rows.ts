import { CLOUDS } from './rows/clouds.js';
import { HOSTS, LOCAL } from './rows/hosts.js';
import { row, type ProviderRow } from './rows/row.js';
import { VENDORS } from './rows/vendors.js';

export type { ProviderRow } from './rows/row.js';

/** The provider of simulated models, which answer inside this process. */
export const SIMULATION = 'simulation';

/**
 * The providers known by name, in order of preference.
 *
 * Only OpenAI's answers are trusted: of the recorded answers of all other "compatible"
 * servers about half break a rule of OpenAI's schema (missing `index`, `tool_calls: null`,
 * usage in the wrong chunk, no `[DONE]`).
 */
export const PROVIDERS: readonly ProviderRow[] = [
  ...VENDORS,
  ...HOSTS,
  ...CLOUDS,
  ...LOCAL,
  row({
    name: SIMULATION,
    displayName: 'Simulation',
    // Answered inside this process; the URL is never opened.
    baseUrl: 'http://simulation.invalid/v1',
    keyVariable: null,
    trustedAnswers: true,
    notes: 'Answers inside the gateway process, so that it can be tried without any key.',
    source: 'this project',
  }),
];
