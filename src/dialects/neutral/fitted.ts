import type { Limits } from '../dialect.js';
import type { Emit } from './event.js';
import type { NeutralRequest } from './request.js';
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
export function fitted(request: NeutralRequest, limits: Limits | undefined): Fitted {
  const renamed = limits === undefined ? null : renamedTools(request, limits.toolName);
  return renamed ?? { request, restoring: null };
}
