import type { JsonObject } from '../json.js';
import { isObject, textOrNull } from '../json.js';

/** What MiniMax' codes mean as an HTTP status; it answers everything with 200. */
const STATUSES: Readonly<Record<number, number>> = {
  1002: 429,
  1004: 401,
  1008: 402,
  1026: 400,
  1027: 400,
  1039: 429,
  2013: 400,
  2049: 401,
};

/**
 * The error in MiniMax' `base_resp`, which stands in every answer of its.
 *
 * @returns an error as others send it inside a 200; `null` for none
 */
export function errorOfBaseResp({ base_resp: told }: JsonObject): JsonObject | null {
  if (!isObject(told) || typeof told['status_code'] !== 'number' || told['status_code'] === 0) {
    return null;
  }
  const message = textOrNull(told['status_msg']) ?? 'The provider reported an error.';
  return { error: { message, status: STATUSES[told['status_code']] ?? 500 } };
}
