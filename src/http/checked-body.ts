import type * as z from 'zod';
import { GatewayError } from '../core/errors.js';
import { parseBody } from '../dialects/request-check.js';
import { formatZodError } from '../yaml/issue-messages.js';

/**
 * Parses the body of one of the gateway's own endpoints, which must match a strict schema.
 *
 * @throws {GatewayError} `invalid_json`; `invalid_request`, naming the field at fault
 */
export function checkedBody<T>(bytes: Buffer, schema: z.ZodType<T>): T {
  const value = parseBody(bytes);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const [unknown] = issue?.code === 'unrecognized_keys' ? issue.keys : [];
  const param = unknown ?? issue?.path.join('.') ?? '';
  const message = formatZodError(parsed.error, { schema, value, whole: 'The body' });
  throw new GatewayError('invalid_request', message, param === '' ? {} : { param });
}
