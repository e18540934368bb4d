import { createHash } from 'node:crypto';
import type { Emit } from './event.js';
import type { ContentPart, Turn } from './part.js';
import type { NeutralRequest, ToolChoice } from './request.js';

/** Nearly every provider rejects longer names. */
export const MAX_NAME_CHARS = 64;
const DIGEST_CHARS = 8;

/**
 * A tool name that every vendor accepts: as much of the original as possible, and a hash.
 *
 * Deterministic, and different for different names.
 */
export function hashedName(name: string): string {
  const digest = createHash('sha256').update(name).digest('hex').slice(0, DIGEST_CHARS);
  const plain = name.replace(/[^a-zA-Z0-9_-]/gu, '_').replace(/^(?![a-zA-Z_])/u, '_');
  return `${plain.slice(0, MAX_NAME_CHARS - DIGEST_CHARS - 1)}_${digest}`;
}

/** A request with tool names that its provider accepts. */
export interface RenamedTools {
  readonly request: NeutralRequest;
  /** Restores the client's names in the answer's calls. */
  readonly restoreAnswer: (emit: Emit) => Emit;
}

/**
 * Replaces tool names that a provider rejects, wherever they occur.
 *
 * @param pattern - matches the names that are accepted
 * @returns `null` if all are accepted
 */
export function renameTools(request: NeutralRequest, pattern: RegExp): RenamedTools | null {
  const own = new Map<string, string>();
  for (const name of namesIn(request)) {
    // An empty name is left for the provider to reject.
    if (name !== '' && !pattern.test(name)) own.set(hashedName(name), name);
  }
  if (own.size === 0) return null;
  const originals = new Map([...own].map(([name, theirs]) => [theirs, name]));
  const nameOf = (name: string): string => originals.get(name) ?? name;
  return {
    request: {
      ...request,
      turns: request.turns.map((turn) => renamedTurn(turn, nameOf)),
      tools: request.tools.map((tool) => ({ ...tool, name: nameOf(tool.name) })),
      toolChoice: renamedChoice(request.toolChoice, nameOf),
    },
    restoreAnswer: (emit) => (event) => {
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
