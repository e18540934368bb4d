import type { Limits, Target } from '../dialect.js';
import { isObjectRoot, unwrapping, wrapped } from './answer-root.js';
import { withDistinctCalls } from './distinct-calls.js';
import type { Emit } from './event.js';
import type { NeutralRequest } from './request.js';
import { inCallOrder } from './result-order.js';
import { withJsonWord } from './told-schema.js';
import { withTextSystem } from './text-system.js';
import { renamedTools } from './tool-names.js';

/** A stage in front of whoever takes the events of an answer. */
export type Restoring = (emit: Emit) => Emit;

/** A request as its provider takes it. */
export interface Fitted {
  readonly request: NeutralRequest;
  /** Puts what had to be said otherwise back into the client's words; `null` where nothing had to be. */
  readonly restoring: Restoring | null;
}

/** The very request where nothing of it goes beyond the limits. */
export function fitted(given: NeutralRequest, target: Target, limits: Limits = {}): Fitted {
  const { toolName, objectRoot, textSystem } = limits;
  const called = inCallOrder(withDistinctCalls(given.turns));
  const turns = textSystem === true ? withTextSystem(called) : called;
  const request = withJsonWord(turns === given.turns ? given : { ...given, turns });
  const { format } = request;
  const isWrapped =
    format.kind === 'json_schema' &&
    objectRoot?.(target, format.schema) === true &&
    !isObjectRoot(format.schema);
  const whole = isWrapped ? wrapped(request) : request;
  const renamed = toolName === undefined ? null : renamedTools(whole, toolName);
  if (renamed === null) return { request: whole, restoring: isWrapped ? unwrapping : null };
  const { restoring } = renamed;
  return {
    request: renamed.request,
    restoring: isWrapped ? (emit) => unwrapping(restoring(emit)) : restoring,
  };
}
