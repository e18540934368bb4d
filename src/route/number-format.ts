/** How a number is formatted, with as few digits as distinguish it from another. */
export interface NumberFormat {
  /** Minimum number of digits. */
  readonly digits: number;
  /** Value of one unit in the last digit. */
  unitOf(value: number, digits: number): number;
  format(value: number, digits: number): string;
}

/** A share or a probability. */
export const SHARE: NumberFormat = {
  digits: 3,
  unitOf: (_value, digits) => 10 ** -digits,
  format: (value, digits) => value.toFixed(digits),
};

/** Text for an infinite value. */
const UNLIMITED = 'any price';

export const USD: NumberFormat = {
  digits: 3,
  unitOf: (value, digits) => 10 ** (Math.floor(Math.log10(value)) - digits + 1),
  format: (value, digits) => (Number.isFinite(value) ? `$${value.toPrecision(digits)}` : UNLIMITED),
};

export const MILLISECONDS: NumberFormat = {
  digits: 0,
  unitOf: (_value, digits) => 10 ** -digits,
  format: (value, digits) => (Number.isFinite(value) ? `${value.toFixed(digits)} ms` : UNLIMITED),
};

/** A formatted number and its exact value. */
export interface FormattedNumber {
  /** The value as formatted. */
  readonly value: number;
  /** `0.919 instead of 0.908`. */
  readonly text: string;
}

/** Maximum number of digits that are added: more would not be informative. */
const MAX_EXTRA_DIGITS = 6;
/** Share of a unit by which rounding may have moved a threshold. */
const ROUNDING = 1e-6;

/**
 * The first two values with few digits at or beyond a threshold, seen from the current value: the first reaches it, the second
 * is past it. Changing the current value to the formatted one crosses the threshold.
 *
 * @param from - the current value, not equal to the threshold; infinite if there is none
 * @returns empty if it takes too many digits to tell them from the current value
 */
export function numbersPast(
  form: NumberFormat,
  threshold: number,
  from: number,
): readonly FormattedNumber[] {
  const direction = threshold > from ? 1 : -1;
  for (let digits = form.digits; digits <= form.digits + MAX_EXTRA_DIGITS; digits++) {
    const unit = form.unitOf(threshold, digits);
    const units = direction * Math.ceil((direction * threshold) / unit - ROUNDING);
    const current = form.format(from, digits);
    const figures = [units, units + direction].map((count) => {
      const written = form.format(count * unit, digits);
      return { value: numberIn(written), text: `${written} instead of ${current}`, written };
    });
    if (figures.every(({ written }) => written !== current)) return figures;
  }
  return [];
}

function numberIn(written: string): number {
  return Number.parseFloat(written.replace('$', ''));
}
