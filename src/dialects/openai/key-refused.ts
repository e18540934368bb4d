/**
 * What a provider says that refuses the gateway's key, in words for the client.
 *
 * Some quote the key, or its ends; it is the operator's, not the client's. Models, times and places have digits, too.
 */
export function keyRefusedMessage(told: string): string {
  const said = told.replace(/(?:\bsk-)?[\w*.-]{6,}/g, (word, at: number) => {
    if (word.startsWith('sk-')) return '[redacted]';
    if (!/[\d*]/.test(word) || WHEN_OR_WHERE.test(word)) return word;
    return NAMES_MODEL.test(told.slice(0, at)) ? word : '[redacted]';
  });
  return `The provider refused the gateway's own key for it; the client's key is not at fault. The provider said: ${said}`;
}

/** What stands before the name of a model. */
const NAMES_MODEL = /\bmodels?[\s:/'"`]{1,3}(?:[\w.-]+\/)?$/i;

/** A time, as AWS writes it, a day, or a region of a cloud (`us-gov-west-1`, `europe-west4`). */
const WHEN_OR_WHERE =
  /^(?:\d{8}T\d{6}Z|\d{4}-\d\d-\d\d(?:T\d\d)?|(?:[a-z]+-){1,2}(?:north|south|east|west|central)+-?\d{1,2})\.?$/;
