/** How a figure is written, in as few digits as tell it from another. */
export interface FigureForm {
  /** Digits that are written at least. */
  readonly digits: number;
  /** What the last of so many digits is worth. */
  unit(value: number, digits: number): number;
  write(value: number, digits: number): string;
}

/** A share or a probability. */
export const SHARE: FigureForm = {
  digits: 3,
  unit: (_value, digits) => 10 ** -digits,
  write: (value, digits) => value.toFixed(digits),
};

/** What is not limited. */
const ANY = 'any price';

export const USD: FigureForm = {
  digits: 3,
  unit: (value, digits) => 10 ** (Math.floor(Math.log10(value)) - digits + 1),
  write: (value, digits) => (Number.isFinite(value) ? `$${value.toPrecision(digits)}` : ANY),
};

export const MILLISECONDS: FigureForm = {
  digits: 0,
  unit: (_value, digits) => 10 ** -digits,
  write: (value, digits) => (Number.isFinite(value) ? `${value.toFixed(digits)} ms` : ANY),
};

/** A figure as it is written, beside the one it stands for. */
export interface WrittenFigure {
  /** Exactly what is written. */
  readonly value: number;
  /** `0.919 instead of 0.908`. */
  readonly text: string;
}

/** Further digits than this tell nobody anything. */
const MOST_FURTHER_DIGITS = 6;
/** Of a unit: what rounding may have done to a threshold. */
const ROUNDING = 1e-6;

/**
 * The figures next to a threshold, seen from the present one, that can be written in few digits: the first reaches it, the second
 * is past it. Whoever changes the figure to what is written has crossed the threshold.
 *
 * @param from - not the threshold itself; infinite where there is no such figure
 * @returns none where it takes too many digits to tell them from the present one
 */
export function figuresPast(
  form: FigureForm,
  threshold: number,
  from: number,
): readonly WrittenFigure[] {
  const direction = threshold > from ? 1 : -1;
  for (let digits = form.digits; digits <= form.digits + MOST_FURTHER_DIGITS; digits++) {
    const unit = form.unit(threshold, digits);
    const units = direction * Math.ceil((direction * threshold) / unit - ROUNDING);
    const present = form.write(from, digits);
    const figures = [units, units + direction].map((count) => {
      const written = form.write(count * unit, digits);
      return { value: numberIn(written), text: `${written} instead of ${present}`, written };
    });
    if (figures.every(({ written }) => written !== present)) return figures;
  }
  return [];
}

function numberIn(written: string): number {
  return Number.parseFloat(written.replace('$', ''));
}
