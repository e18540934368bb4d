import { EventStreamCodec } from '@smithy/eventstream-codec';

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString('utf8'),
  (told) => Buffer.from(told, 'utf8'),
);
const string = (value: string) => ({ type: 'string' as const, value });

/** A frame with these headers. */
export function rawFrame(headers: Readonly<Record<string, string>>, body: string): Buffer {
  const named = Object.entries(headers).map(([name, value]) => [name, string(value)] as const);
  const encoded = codec.encode({ headers: Object.fromEntries(named), body: Buffer.from(body) });
  return Buffer.from(encoded);
}

/** An event, or with another type an exception, as AWS sends it: padding included. */
export function frame(name: string, body: object, type = 'event'): Buffer {
  const headers = {
    [type === 'event' ? ':event-type' : ':exception-type']: name,
    ':content-type': 'application/json',
    ':message-type': type,
  };
  return rawFrame(headers, JSON.stringify({ ...body, p: 'abcdefgh' }));
}
