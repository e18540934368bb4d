import { DIALECT_NAMES, type DialectName } from '../../src/dialects/dialect.js';
import { translated } from '../support/translated.js';
import { ANTHROPIC_MEMBERS, ANTHROPIC_PARTS } from './request-cases/anthropic-cases.js';
import type { Case, Parts } from './request-cases/case.js';
import { GEMINI_MEMBERS, GEMINI_PARTS } from './request-cases/gemini-cases.js';
import { OPENAI_MEMBERS, OPENAI_PARTS } from './request-cases/openai-cases.js';
import { RESPONSES_MEMBERS, RESPONSES_PARTS } from './request-cases/responses-cases.js';

type Client = 'openai' | 'responses' | 'anthropic' | 'gemini';

const BARE: Readonly<Record<Client, object>> = {
  openai: { model: 'm', messages: [{ role: 'user', content: 'hi' }] },
  responses: { model: 'm', input: 'hi' },
  anthropic: { model: 'm', max_tokens: 99, messages: [{ role: 'user', content: 'hi' }] },
  gemini: { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] },
};

/**
 * Documented top-level members, except those that lose nothing by being left out: `labels` and `metadata` are read by the
 * gateway, a summary of reasoning is returned whether or not it is requested, and most models reason only on request.
 */
const MEMBERS: Readonly<Record<Client, readonly Case[]>> = {
  openai: OPENAI_MEMBERS,
  responses: RESPONSES_MEMBERS,
  anthropic: ANTHROPIC_MEMBERS,
  gemini: GEMINI_MEMBERS,
};

/** Contents of a message besides text, which each of them has. */
const PARTS: Readonly<Record<Client, Parts>> = {
  openai: OPENAI_PARTS,
  responses: RESPONSES_PARTS,
  anthropic: ANTHROPIC_PARTS,
  gemini: GEMINI_PARTS,
};

/** The members that neither reach the provider nor are reported as dropped. */
function silentLosses(client: Client, provider: DialectName): string[] {
  const cases = [...MEMBERS[client], ...partCases(client)];
  return cases.flatMap(({ member, beside = {}, with: more }) => {
    const bare = translated(client, provider, { ...BARE[client], ...beside });
    const full = translated(client, provider, { ...BARE[client], ...beside, ...more });
    const isCarried = JSON.stringify(full.json) !== JSON.stringify(bare.json);
    const isNamed = full.dropped.some((field) => !bare.dropped.includes(field));
    return isCarried || isNamed ? [] : [`${member} = ${JSON.stringify(more)}`];
  });
}

const BESIDE_TEXT: Readonly<Record<Client, (part: object | null) => object>> = {
  openai: (part) => ({
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'hi' }, ...(part === null ? [] : [part])] },
    ],
  }),
  responses: (part) => ({
    input: [
      {
        role: 'user',
        content: [{ type: 'input_text', text: 'hi' }, ...(part === null ? [] : [part])],
      },
    ],
  }),
  anthropic: (part) => ({
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'hi' }, ...(part === null ? [] : [part])] },
    ],
  }),
  gemini: (part) => ({
    contents: [{ role: 'user', parts: [{ text: 'hi' }, ...(part === null ? [] : [part])] }],
  }),
};

function partCases(client: Client): Case[] {
  const beside = BESIDE_TEXT[client](null);
  return Object.entries(PARTS[client]).map(([name, part]) => ({
    member: `a part: ${name}`,
    with: BESIDE_TEXT[client](part),
    beside,
  }));
}

describe.each(Object.keys(MEMBERS) as Client[])('request of a client of %s', (client) => {
  test.each(DIALECT_NAMES.filter((name) => name !== client))(
    'has every member translated for %s or reported as dropped',
    (provider) => {
      expect(silentLosses(client, provider)).toEqual([]);
    },
  );
});
