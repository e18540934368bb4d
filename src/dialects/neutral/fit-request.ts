import type { ProviderLimits, Target } from '../dialect.js';
import { isObjectRoot, unwrapObject, wrapInObject } from './object-root.js';
import { withUniqueCallIds } from './unique-call-ids.js';
import type { Emit } from './event.js';
import type { NeutralRequest } from './request.js';
import { inCallOrder } from './result-order.js';
import { withJsonPrompt } from './schema-prompt.js';
import { withTextOnlySystem } from './text-system.js';
import { renameTools } from './tool-names.js';

/** Wraps a receiver of an answer's events to transform them. */
export type EventTransform = (emit: Emit) => Emit;

/** A request that its provider accepts. */
export interface FittedRequest {
  readonly request: NeutralRequest;
  /** Reverses in the answer what was rewritten in the request; `null` if nothing was. */
  readonly restoreAnswer: EventTransform | null;
}

/** Rewrites a request to fit its provider's limits; returns the same object if it already does. */
export function fitRequest(
  original: NeutralRequest,
  target: Target,
  limits: ProviderLimits = {},
): FittedRequest {
  const turnsInCallOrder = inCallOrder(withUniqueCallIds(original.turns));
  const turns =
    limits.requiresTextSystem === true ? withTextOnlySystem(turnsInCallOrder) : turnsInCallOrder;
  const request = withJsonPrompt(turns === original.turns ? original : { ...original, turns });
  const { format } = request;
  const isWrapped =
    format.kind === 'json_schema' &&
    limits.requiresObjectRoot?.(target, format.schema) === true &&
    !isObjectRoot(format.schema);
  const whole = isWrapped ? wrapInObject(request) : request;
  const renamed =
    limits.toolNamePattern === undefined ? null : renameTools(whole, limits.toolNamePattern);
  if (renamed === null) return { request: whole, restoreAnswer: isWrapped ? unwrapObject : null };
  const { restoreAnswer } = renamed;
  return {
    request: renamed.request,
    restoreAnswer: isWrapped ? (emit) => unwrapObject(restoreAnswer(emit)) : restoreAnswer,
  };
}
