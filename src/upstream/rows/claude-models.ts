import type { ModelNote } from './row.js';

const SOURCE = 'https://docs.claude.com/en/docs/about-claude/models/migrating-to-claude-4';

/**
 * What Claude's models refuse of their own dialect.
 *
 * Requests that are translated keep the same rules where they are written.
 */
export const CLAUDE_SAMPLING: readonly ModelNote[] = [
  {
    // Opus since 4.1, all since 4.5; what follows `4-` in older names is a date.
    names: /^claude-(?:opus-4-[1-9](?!\d)|[a-z]+-(?:4-(?:[5-9]|[1-9]\d)|[5-9]|[1-9]\d)(?!\d))/u,
    responsesOnly: false,
    renames: {},
    refuses: [{ members: { top_p: 1 }, unlessEffort: null, beside: 'temperature' }],
    why: 'refuse `top_p` beside `temperature`',
    source: SOURCE,
  },
  {
    names: /^claude-opus-(?:4-(?:[7-9]|[1-9]\d)|[5-9]|[1-9]\d)(?!\d)/u,
    responsesOnly: false,
    renames: {},
    refuses: [
      { members: { temperature: 1, top_p: 1, top_k: null }, unlessEffort: null, beside: null },
    ],
    why: 'refuse `temperature`, `top_p` and `top_k`',
    source: SOURCE,
  },
];
