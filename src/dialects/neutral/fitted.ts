import type { Limits, Target } from '../dialect.js';
import { isObjectRoot, unwrapping, wrapped } from './answer-root.js';
import { withDistinctCalls } from './distinct-calls.js';
import type { Emit } from './event.js';
import type { NeutralRequest } from './request.js';
import { inCallOrder } from './result-order.js';
import { withJsonWord } from './told-schema.js';
import { withTextSystem } from './text-system.js';
import { renamedTools } from './tool-names.js';

/** Wraps a receiver of an answer's events to transform them. */
export type Restoring = (emit: Emit) => Emit;

/** A request that its provider accepts. */
export interface Fitted {
  readonly request: NeutralRequest;
  /** Reverses in the answer what was rewritten in the request; `null` if nothing was. */
  readonly restoring: Restoring | null;
}

/** Rewrites a request to fit its provider's limits; returns the same object if it already does. */
export function fitted(given: NeutralRequest, target: Target, limits: Limits = {}): Fitted {
  const called = inCallOrder(withDistinctCalls(given.turns));
  const turns = limits.textSystem === true ? withTextSystem(called) : called;
  const request = withJsonWord(turns === given.turns ? given : { ...given, turns });
  const { format } = request;
  const isWrapped =
    format.kind === 'json_schema' &&
    limits.objectRoot?.(target, format.schema) === true &&
    !isObjectRoot(format.schema);
  const whole = isWrapped ? wrapped(request) : request;
  const renamed = limits.toolName === undefined ? null : renamedTools(whole, limits.toolName);
  if (renamed === null) return { request: whole, restoring: isWrapped ? unwrapping : null };
  const { restoring } = renamed;
  return {
    request: renamed.request,
    restoring: isWrapped ? (emit) => unwrapping(restoring(emit)) : restoring,
  };
}
