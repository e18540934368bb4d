import * as z from 'zod';
import { GatewayError } from '../core/errors.js';

/**
 * Reads a body of ours, which has exactly the members of a schema.
 *
 * @throws {GatewayError} `invalid_json`; `invalid_request`, naming the field at fault
 */
export function checkedBody<T>(bytes: Buffer, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(jsonOf(bytes));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const [unknown] = issue?.code === 'unrecognized_keys' ? issue.keys : [];
  const param = unknown ?? issue?.path.join('.') ?? '';
  const message = `${param}: ${issue?.message ?? 'not as it should be'}`;
  throw new GatewayError('invalid_request', message, param === '' ? {} : { param });
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch (cause) {
    throw new GatewayError('invalid_json', 'the body is not JSON', { cause });
  }
}
