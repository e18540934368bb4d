import { createHash } from 'node:crypto';
import type { Emit } from './event.js';
import type { ContentPart, Turn } from './part.js';
import type { NeutralRequest, ToolChoice } from './request.js';

/** Longer names are refused nearly everywhere. */
export const MAX_NAME_CHARS = 64;
const DIGEST_CHARS = 8;

/**
 * A name for a tool that every vendor takes: as much as can be kept of one that is not taken, and a digest.
 *
 * The same for the same name, and different for different ones.
 */
export function digestedName(name: string): string {
  const digest = createHash('sha256').update(name).digest('hex').slice(0, DIGEST_CHARS);
  const plain = name.replace(/[^a-zA-Z0-9_-]/gu, '_').replace(/^(?![a-zA-Z_])/u, '_');
  return `${plain.slice(0, MAX_NAME_CHARS - DIGEST_CHARS - 1)}_${digest}`;
}

/** A request with names that its provider takes. */
export interface Renamed {
  readonly request: NeutralRequest;
  /** Gives calls in the answer the client's own names again. */
  readonly restoring: (emit: Emit) => Emit;
}

/**
 * Replaces names of tools that a provider refuses, wherever they stand.
 *
 * @param taken - matches names that need no other
 * @returns `null` where all are taken
 */
export function renamedTools(request: NeutralRequest, taken: RegExp): Renamed | null {
  const own = new Map<string, string>();
  for (const name of namesIn(request)) {
    // What has no name at all is for the provider to judge.
    if (name !== '' && !taken.test(name)) own.set(digestedName(name), name);
  }
  if (own.size === 0) return null;
  const given = new Map([...own].map(([name, theirs]) => [theirs, name]));
  const nameOf = (name: string): string => given.get(name) ?? name;
  return {
    request: {
      ...request,
      turns: request.turns.map((turn) => renamedTurn(turn, nameOf)),
      tools: request.tools.map((tool) => ({ ...tool, name: nameOf(tool.name) })),
      toolChoice: renamedChoice(request.toolChoice, nameOf),
    },
    restoring: (emit) => (event) => {
      emit(event.kind === 'call' ? { ...event, name: own.get(event.name) ?? event.name } : event);
    },
  };
}

function namesIn({ tools, toolChoice, turns }: NeutralRequest): string[] {
  const called = turns.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.kind === 'tool_call' ? [part.name] : [])),
  );
  const chosen = toolChoice?.kind === 'tool' ? [toolChoice.name] : [];
  return [...tools.map(({ name }) => name), ...chosen, ...called];
}

function renamedTurn(turn: Turn, nameOf: (name: string) => string): Turn {
  const isCall = ({ kind }: ContentPart): boolean => kind === 'tool_call';
  if (!turn.parts.some(isCall)) return turn;
  const parts = turn.parts.map((part) =>
    part.kind === 'tool_call' ? { ...part, name: nameOf(part.name) } : part,
  );
  return { ...turn, parts };
}

function renamedChoice(
  choice: ToolChoice | null,
  nameOf: (name: string) => string,
): ToolChoice | null {
  return choice?.kind === 'tool' ? { kind: 'tool', name: nameOf(choice.name) } : choice;
}
