import type { Catalog } from '../catalog/catalog.js';
import type { Model, OwnStrength } from '../core/model.js';
import type { GradedAnswer, MeasuredStrength } from '../route/measure-strength.js';
import type { Predictor } from '../route/predictor.js';
import { formatTable } from './table.js';

/** The grade of the answer to an anchor prompt. */
export interface GradedAnchor extends GradedAnswer {
  readonly category: string;
}

/** Half the width of a normal distribution's 95 % interval, in standard deviations. */
const Z_95 = 1.96;
const MAX_SIMILAR = 3;

/** The measured strength as text for a person, with the lines for the configuration. */
export function anchorReport(
  model: Model,
  answers: readonly GradedAnchor[],
  measured: MeasuredStrength,
  known: { readonly predictor: Predictor; readonly catalog: Catalog },
): string {
  const { mean, error, before } = measured;
  const similar = similarModels(mean, model.id, known);
  return [
    gradeTable(answers, measured),
    '',
    `strength  ${withError(measured)}; 95 % from ${(mean - Z_95 * error).toFixed(2)} to ${(mean + Z_95 * error).toFixed(2)}`,
    `before    ${withError(before)}, from published figures`,
    ...(similar.length === 0 ? [] : [`like      ${similar.join(', ')}`]),
    '',
    'For suffice.yaml; a running server reloads it automatically:',
    '',
    'models:',
    `  ${model.id}:`,
    `    strength: { mean: ${mean.toFixed(2)}, error: ${error.toFixed(2)} }`,
    '',
  ].join('\n');
}

function gradeTable(answers: readonly GradedAnchor[], { expected }: MeasuredStrength): string {
  const categories = [...new Set(answers.map(({ category }) => category))].sort();
  const row = (name: string, isIn: (category: string) => boolean): readonly string[] => {
    const indices = answers.flatMap(({ category }, i) => (isIn(category) ? [i] : []));
    const sum = (valueAt: (index: number) => number): number =>
      indices.reduce((total, index) => total + valueAt(index), 0);
    const right = sum((index) => answers[index]?.score ?? 0);
    return [name, `${right}/${indices.length}`, sum((index) => expected[index] ?? 0).toFixed(1)];
  };
  return formatTable(
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
function similarModels(
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
    .slice(0, MAX_SIMILAR)
    .map(({ id, strength }) => `${id} (${strength.toFixed(2)})`);
}

function withError({ mean, error }: OwnStrength): string {
  return `${mean.toFixed(2)} ± ${error.toFixed(2)}`;
}
