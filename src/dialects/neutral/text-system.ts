import type { ContentPart, Turn } from './part.js';

/**
 * Moves images, audio and documents out of system prompts into the next user turn, or into a user turn of their own.
 *
 * @returns the same array if there are none
 */
export function withTextOnlySystem(turns: readonly Turn[]): readonly Turn[] {
  if (!turns.some((turn) => isSystem(turn) && turn.parts.some(isMedia))) return turns;
  const out: Turn[] = [];
  let moved: Turn | null = null;
  const flush = (): void => {
    if (moved !== null) out.push(moved);
    moved = null;
  };
  for (const turn of turns) {
    if (isSystem(turn)) {
      const media = turn.parts.filter(isMedia);
      const rest = turn.parts.filter((part) => !isMedia(part));
      if (rest.length > 0) out.push({ ...turn, parts: rest });
      if (media.length > 0) moved = joined(moved, { role: 'user', parts: media, at: turn.at });
    } else if (turn.role === 'user') {
      out.push(joined(moved, turn));
      moved = null;
    } else {
      flush();
      out.push(turn);
    }
  }
  flush();
  return out;
}

/** Puts the moved media before the turn's own parts. */
function joined(moved: Turn | null, turn: Turn): Turn {
  return moved === null ? turn : { ...turn, parts: [...moved.parts, ...turn.parts] };
}

function isSystem({ role }: Turn): boolean {
  return role === 'system' || role === 'developer';
}

function isMedia({ kind }: ContentPart): boolean {
  return kind === 'image' || kind === 'audio' || kind === 'document';
}
