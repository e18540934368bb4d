import type { App } from '../app.js';
import { degradedReason } from '../assembly/active-config.js';
import { formatFault } from '../core/errors.js';
import type { Price, ServedModel } from '../core/model.js';
import { proxyLines } from './proxies.js';

/** The number of models listed; the others are only counted. `suffice models` lists all. */
const MAX_SHOWN = 12;

const CONSEQUENCES: Readonly<Record<string, string>> = {
  tuning_unusable: 'decisions are untuned',
  encoder_failed: 'the predictor that ships with Suffice decides',
};

function consequenceOf(degraded: string): string {
  return `${degraded}: ${CONSEQUENCES[degraded] ?? 'decisions are heuristic'}`;
}

/** The text printed when the server has started: its address, what it serves, and an example request. */
export function banner(app: Pick<App, 'url' | 'inForce'>, version: string): string {
  const { sourced, assembly } = app.inForce;
  const served = [...assembly.setup.served.values()];
  const simulated = served.filter(({ model }) => model.simulated);
  const degraded = degradedReason(assembly);
  const authorization =
    sourced.config.keys.length === 0 ? '' : ` \\\n    -H 'authorization: Bearer YOUR_KEY'`;
  return [
    '',
    `  Suffice ${version}`,
    '',
    `  url       ${app.url}/v1`,
    `  config    ${sourced.file ?? 'none; using the providers found in the environment'}`,
    `  rules     ${assembly.rules.file} (${assembly.setup.router.policies.join(', ')})`,
    ...proxyLines(assembly.setup.providers.values()).map((line) => `  proxy     ${line}`),
    ...(degraded === null ? [] : [`  DEGRADED  ${consequenceOf(degraded)}`]),
    `  models    ${served.length}`,
    ...served.slice(0, MAX_SHOWN).map(modelLine),
    ...(served.length > MAX_SHOWN ? [`            … and ${served.length - MAX_SHOWN} more`] : []),
    ...(simulated.length === 0
      ? []
      : [
          '',
          '  SIMULATED models answer with placeholder text. For real models, set OPENAI_API_KEY',
          '  (or the key of another provider), or name a provider in suffice.yaml, and restart.',
        ]),
    ...[...sourced.warnings, ...assembly.warnings].map((fault) => `\n  ${formatFault(fault)}`),
    '',
    '  Try it:',
    '',
    `  curl -i ${app.url}/v1/chat/completions -H 'content-type: application/json'${authorization} \\`,
    `    -d '{"model": "auto", "messages": [{"role": "user", "content": "Why is the sky blue?"}]}'`,
    '',
    '',
  ].join('\n');
}

function modelLine({ model, upstreams }: ServedModel): string {
  const label = model.simulated ? '  simulated' : '';
  return `            ${model.id.padEnd(36)} ${priceText(upstreams[0].price)}${label}`;
}

function priceText(price: Price | null): string {
  const { input = null, output = null } = price ?? {};
  if (input === null || output === null) return 'price unknown';
  return `$${input} in, $${output} out per million tokens`;
}
