/** One member of a request, written where its dialect has it. */
export interface Case {
  readonly member: string;
  /** Members of the request, beside those of the bare one or instead of them. */
  readonly with: object;
  /** What has to be there for the member to mean anything. */
  readonly beside?: object;
}

export const SCHEMA = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
export const PIXEL = 'iVBORw0KGgo=';

/** What may stand in a message, by what it is. */
export type Parts = Readonly<Record<string, object>>;

/** Members of a request, each by itself. */
export function simple(members: Readonly<Record<string, unknown>>): Case[] {
  return Object.entries(members).map(([member, value]) => ({ member, with: { [member]: value } }));
}

/** A turn of the assistant's in the middle of a conversation, plain and with something more. */
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
