import { scanObject, spliceBytes } from '../dialects/json-splice.js';
import { parseBody } from '../dialects/request-check.js';

/**
 * Sets the body's `model` to the one that the address names; every other byte stays.
 *
 * @param model - `null` leaves the body unchanged
 * @throws {GatewayError} `invalid_json` or `invalid_request` for a body that is not a JSON object
 */
export function withModel(body: Buffer, model: string | null): Buffer {
  if (model === null) return body;
  // Only valid JSON can be spliced.
  parseBody(body);
  const name = JSON.stringify(model);
  const { found, isEmpty, insertAt } = scanObject(body, 0, ['model']);
  if (found.length > 0) {
    return spliceBytes(
      body,
      found.map(({ start, end }) => ({ start, end, text: name })),
    );
  }
  const text = `"model":${name}${isEmpty ? '' : ','}`;
  return spliceBytes(body, [{ start: insertAt, end: insertAt, text }]);
}
