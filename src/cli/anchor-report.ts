import type { Catalog } from '../catalog/catalog.js';
import type { Model, OwnStrength } from '../core/model.js';
import type { GradedAnswer, MeasuredStrength } from '../route/measure-strength.js';
import type { Predictor } from '../route/predictor.js';
import { table } from './table.js';

/** An anchor prompt's grade. */
export interface GradedAnchor extends GradedAnswer {
  readonly category: string;
}

/** Standard deviations on either side that hold 95 % of a normal distribution. */
const SIDES = 1.96;
const MOST_ALIKE = 3;

/** What was measured, as a person reads it, with the lines for the configuration. */
export function anchorReport(
  model: Model,
  answers: readonly GradedAnchor[],
  measured: MeasuredStrength,
  known: { readonly predictor: Predictor; readonly catalog: Catalog },
): string {
  const { mean, error, before } = measured;
  const alike = alikeModels(mean, model.id, known);
  return [
    gradeTable(answers, measured),
    '',
    `strength  ${within(measured)}; 95 % from ${(mean - SIDES * error).toFixed(2)} to ${(mean + SIDES * error).toFixed(2)}`,
    `before    ${within(before)}, by what is published of it`,
    ...(alike.length === 0 ? [] : [`like      ${alike.join(', ')}`]),
    '',
    'For suffice.yaml; a running server reads it by itself:',
    '',
    'models:',
    `  ${model.id}:`,
    `    strength: { mean: ${mean.toFixed(2)}, error: ${error.toFixed(2)} }`,
    '',
  ].join('\n');
}

function gradeTable(answers: readonly GradedAnchor[], { expected }: MeasuredStrength): string {
  const categories = [...new Set(answers.map(({ category }) => category))].sort();
  const row = (name: string, is: (category: string) => boolean): readonly string[] => {
    const places = answers.flatMap(({ category }, i) => (is(category) ? [i] : []));
    const sum = (of: (place: number) => number): number =>
      places.reduce((total, place) => total + of(place), 0);
    const right = sum((place) => answers[place]?.score ?? 0);
    return [name, `${right}/${places.length}`, sum((place) => expected[place] ?? 0).toFixed(1)];
  };
  return table(
    [
      { title: 'PROMPTS', align: 'left' },
      { title: 'RIGHT', align: 'right' },
      { title: 'EXPECTED', align: 'right' },
    ],
    [
      ...categories.map((name) => row(name, (category) => category === name)),
      row('all', () => true),
    ],
  );
}

/** The known models whose strength is nearest. */
function alikeModels(
  mean: number,
  self: string,
  { predictor, catalog }: { readonly predictor: Predictor; readonly catalog: Catalog },
): readonly string[] {
  return [...catalog.models.values()]
    .filter(({ id, simulated }) => id !== self && !simulated)
    .flatMap((other) => {
      const { general } = predictor.ability(other);
      return general === undefined ? [] : [{ id: other.id, strength: general.mean }];
    })
    .sort((a, b) => Math.abs(a.strength - mean) - Math.abs(b.strength - mean))
    .slice(0, MOST_ALIKE)
    .map(({ id, strength }) => `${id} (${strength.toFixed(2)})`);
}

function within({ mean, error }: OwnStrength): string {
  return `${mean.toFixed(2)} ± ${error.toFixed(2)}`;
}
