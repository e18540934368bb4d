import type { JsonObject } from '../json.js';
import { isObject, textOrNull } from '../json.js';

/** HTTP statuses for MiniMax's error codes: it always responds with status 200. */
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
 * The error in MiniMax's `base_resp`, which every answer of it contains.
 *
 * @returns the error in the form that other providers send inside a 200; `null` if there is none
 */
export function errorOfBaseResp({ base_resp: baseResp }: JsonObject): JsonObject | null {
  if (
    !isObject(baseResp) ||
    typeof baseResp['status_code'] !== 'number' ||
    baseResp['status_code'] === 0
  ) {
    return null;
  }
  const message = textOrNull(baseResp['status_msg']) ?? 'The provider reported an error.';
  return { error: { message, status: STATUSES[baseResp['status_code']] ?? 500 } };
}
