import type { ContentPart, Turn } from './part.js';

/**
 * Turns whose system prompts are text: what they show besides is said by the user, as what tools show is.
 *
 * @returns the very turns where there is nothing of it
 */
export function withTextSystem(turns: readonly Turn[]): readonly Turn[] {
  if (!turns.some((turn) => isSystem(turn) && turn.parts.some(isMedia))) return turns;
  const out: Turn[] = [];
  let shown: Turn | null = null;
  const flush = (): void => {
    if (shown !== null) out.push(shown);
    shown = null;
  };
  for (const turn of turns) {
    if (isSystem(turn)) {
      const media = turn.parts.filter(isMedia);
      const said = turn.parts.filter((part) => !isMedia(part));
      if (said.length > 0) out.push({ ...turn, parts: said });
      if (media.length > 0) shown = joined(shown, { role: 'user', parts: media, at: turn.at });
    } else if (turn.role === 'user') {
      out.push(joined(shown, turn));
      shown = null;
    } else {
      flush();
      out.push(turn);
    }
  }
  flush();
  return out;
}

/** What was shown is looked at with what the user says next. */
function joined(shown: Turn | null, turn: Turn): Turn {
  return shown === null ? turn : { ...turn, parts: [...shown.parts, ...turn.parts] };
}

function isSystem({ role }: Turn): boolean {
  return role === 'system' || role === 'developer';
}

function isMedia({ kind }: ContentPart): boolean {
  return kind === 'image' || kind === 'audio' || kind === 'document';
}
