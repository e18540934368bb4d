import { scanObject, spliceBytes } from '../dialects/json-splice.js';
import { parseBody } from '../dialects/request-check.js';

/**
 * A request's body that names the model which its address names; every other byte stays.
 *
 * @param model - `null` leaves the body alone
 * @throws {GatewayError} `invalid_json` or `invalid_request` for a body that could name none
 */
export function withModel(body: Buffer, model: string | null): Buffer {
  if (model === null) return body;
  // Only what is known to be valid can be spliced.
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
