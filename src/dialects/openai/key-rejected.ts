/**
 * The message for a client when a provider rejects the gateway's key.
 *
 * Some providers quote the key or parts of it, which is the operator's secret, so anything like a key is redacted; models,
 * times and regions, which contain digits as well, are not.
 */
export function keyRejectedMessage(message: string): string {
  const redacted = message.replace(/(?:\bsk-)?[\w*.-]{6,}/g, (word, at: number) => {
    if (word.startsWith('sk-')) return '[redacted]';
    if (!/[\d*]/.test(word) || TIME_OR_REGION.test(word)) return word;
    return BEFORE_MODEL.test(message.slice(0, at)) ? word : '[redacted]';
  });
  return `The provider rejected the gateway's own key; the client's key is not the cause. The provider's message: ${redacted}`;
}

/** Text that precedes the name of a model. */
const BEFORE_MODEL = /\bmodels?[\s:/'"`]{1,3}(?:[\w.-]+\/)?$/i;

/** A time as AWS writes it, a date, or a cloud region (`us-gov-west-1`, `europe-west4`). */
const TIME_OR_REGION =
  /^(?:\d{8}T\d{6}Z|\d{4}-\d\d-\d\d(?:T\d\d)?|(?:[a-z]+-){1,2}(?:north|south|east|west|central)+-?\d{1,2})\.?$/;
