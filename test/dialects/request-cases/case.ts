/** A member of a request, by its path in the dialect. */
export interface Case {
  readonly member: string;
  /** Members that are added to the minimal request, or replace its own. */
  readonly with: object;
  /** Members that the tested one requires. */
  readonly beside?: object;
}

export const SCHEMA = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
export const PIXEL = 'iVBORw0KGgo=';

/** Contents of messages, by kind. */
export type Parts = Readonly<Record<string, object>>;

/** Members of a request, tested one at a time. */
export function simple(members: Readonly<Record<string, unknown>>): Case[] {
  return Object.entries(members).map(([member, value]) => ({ member, with: { [member]: value } }));
}

/** An assistant turn within a conversation, plain and in other variants. */
export function conversation(plain: object, others: readonly object[]): Case[] {
  const around = (turn: object): object => ({
    messages: [{ role: 'user', content: 'hi' }, turn, { role: 'user', content: 'so?' }],
  });
  return others.map((other) => ({
    member: 'messages[1]',
    with: around(other),
    beside: around(plain),
  }));
}
