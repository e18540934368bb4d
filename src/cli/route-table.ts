import type { Candidate } from '../core/decision.js';
import { outlayOf, qualityOf, type Choice } from '../route/decide.js';
import type { Flip } from '../route/explain.js';
import type { ChoiceInput } from '../route/ranking.js';
import type { Routing } from '../route/routing.js';
import { formatDollars, formatDuration, formatTable } from './table.js';

const MAX_FLIPS = 3;

/** A decision as text for a person: the choice, every candidate with its figures, and what would change the choice. */
export function routeTable(routing: Routing, flips: readonly Flip[]): string {
  return [headline(routing), '', candidateTable(routing), '', ...flipLines(flips), ''].join('\n');
}

function headline({ decision, features, input, choice }: Routing): string {
  const rule = decision.rule === null ? '' : `, by rule "${decision.rule}"`;
  const { code, maths } = features;
  const about = [
    `about ${Math.round(features.inputTokens)} input tokens`,
    `language ${features.language}`,
    ...(code > 0.05 ? [`code ${code.toFixed(2)}`] : []),
    ...(maths > 0.05 ? [`maths ${maths.toFixed(2)}`] : []),
    ...(features.materialChars > 0 ? [`material ${features.materialChars} characters`] : []),
    ...(features.needs.length > 0 ? [`needs ${features.needs.join(', ')}`] : []),
    `distance from training ${input.ood.toFixed(2)}${input.ood > 0.5 ? ' (far)' : ''}`,
  ];
  return [
    `model     ${decision.model}`,
    `reason    ${decision.reason}${rule}`,
    `policy    ${decision.policy ?? '-'}: ${promise({ input, choice })}`,
    ...(choice.cautious
      ? ['caution   unfamiliar prompt: uncertainty is subtracted from success']
      : []),
    `request   ${about.join(', ')}`,
    ...(decision.degraded === null ? [] : [`degraded  ${decision.degraded}`]),
    ...(decision.matchedRules.length === 0
      ? []
      : [`rules     ${decision.matchedRules.join(', ')} matched`]),
  ].join('\n');
}

/** The policy's promise, and what it requires of a candidate. */
function promise({ input, choice }: Pick<Routing, 'input' | 'choice'>): string {
  const { outcome, price } = input;
  const reference = `${choice.reference.model} (${choice.reference.success.toFixed(3)})`;
  const least = choice.floor > 0 ? [`at least ${choice.floor.toFixed(3)}`] : [];
  if (price === null) return [`keep ${outcome.keep.value} of ${reference}`, ...least].join(', so ');
  return [
    [`keep ${outcome.keep.value} of ${reference} on average`, ...least].join(', '),
    `one more adequate answer is worth ${outcome.objective === 'latency' ? formatDuration(price) : formatDollars(price)}`,
  ].join('; ');
}

function candidateTable({ decision, input, choice }: Routing): string {
  const order = (c: Candidate) => (c.model === decision.model ? -2 : c.dropped === null ? -1 : 0);
  const rows = input.candidates
    .toArray()
    .toSorted(
      (a, b) =>
        order(a) - order(b) ||
        (a.costUsd ?? Infinity) - (b.costUsd ?? Infinity) ||
        b.success - a.success,
    )
    .map((c) => [
      c.model === decision.model ? '>' : ' ',
      c.model,
      `${c.success.toFixed(3)} ±${c.uncertainty.toFixed(3)}`,
      formatDollars(c.costUsd),
      String(Math.round(c.outputTokens)),
      formatDuration(c.latencyMs),
      verdict(c, choice, input),
    ]);
  return formatTable(
    [
      { title: '', align: 'left' },
      { title: 'MODEL', align: 'left' },
      { title: 'SUCCESS', align: 'right' },
      { title: 'COST', align: 'right' },
      { title: 'TOKENS', align: 'right' },
      { title: 'LATENCY', align: 'right' },
      { title: '', align: 'left' },
    ],
    rows,
  );
}

function verdict(candidate: Candidate, choice: Choice, { price, outcome }: ChoiceInput): string {
  const { chosen } = choice;
  if (candidate.model === chosen.model) return 'chosen';
  if (candidate.dropped !== null) {
    const { detail, rule } = candidate.dropped;
    return `dropped: ${detail}${rule === null ? '' : ` (rule "${rule}")`}`;
  }
  if (qualityOf(candidate, choice) < choice.floor) return 'not good enough';
  if (price === null) return 'good enough';
  const [own, other] = [outlayOf(candidate, outcome), outlayOf(chosen, outcome)];
  const more = own === other ? 0 : (own ?? Infinity) - (other ?? Infinity);
  if (qualityOf(candidate, choice) <= qualityOf(chosen, choice)) {
    return more >= 0 ? 'no better' : 'saves too little for its lower success';
  }
  return more > 0 ? `gains too little for its ${outcome.objective}` : 'good enough';
}

function flipLines(flips: readonly Flip[]): readonly string[] {
  if (flips.length === 0) return ['No small change would choose another model.'];
  return [
    'The smallest changes that would choose another model:',
    ...flips.slice(0, MAX_FLIPS).map(({ model, change }) => `  ${change} -> ${model}`),
  ];
}
