import { GatewayError } from '../../src/core/errors.js';
import { provider } from './support.js';

const said = (message: string) => new GatewayError('upstream_rejected', message, { status: 422 });

describe('provider error redaction', () => {
  test('removes keys that sign requests', () => {
    const aws = {
      accessKeyId: 'AKIA12345678',
      secretAccessKey: 'aws/secret+1',
      sessionToken: 'lent-for-a-while',
    };
    const bedrock = provider('bedrock', { aws, place: { region: 'eu-west-1' } });

    const { message, status } = bedrock.redacted(said('aws/secret+1 and lent-for-a-while'));

    expect({ message, status }).toEqual({ message: '[redacted] and [redacted]', status: 422 });
  });

  test('removes the whole of a secret that begins with another one', () => {
    const acme = provider('acme', {
      baseUrl: 'http://127.0.0.1:1',
      apiKey: 'sk-operator',
      headers: { 'x-extra-key': 'sk-operator-of-the-tenant' },
    });

    const { message } = acme.redacted(said('sk-operator-of-the-tenant is no sk-operator'));

    expect(message).toBe('[redacted] is no [redacted]');
  });

  test('removes a password in the URL, as written and decoded', () => {
    const acme = provider('acme', { baseUrl: 'http://me:pass%2Fword@127.0.0.1:1' });

    const { message } = acme.redacted(said('pass%2Fword or pass/word'));

    expect(message).toBe('[redacted] or [redacted]');
  });

  test('keeps the message when the key is a mere placeholder', () => {
    const local = provider('local', { baseUrl: 'http://127.0.0.1:1', apiKey: 'ollama' });

    const error = said('ollama has no such model');

    expect(local.redacted(error)).toBe(error);
  });

  test('removes the API key and keeps the other fields', () => {
    const openai = provider('openai', { apiKey: 'sk-of-the-operator' });
    const error = new GatewayError('upstream_rate_limited', 'not you, sk-of-the-operator', {
      retryAfterS: 7,
      upstreamCode: 'slow',
    });

    expect(openai.redacted(error)).toMatchObject({
      message: 'not you, [redacted]',
      retryAfterS: 7,
      upstreamCode: 'slow',
      param: null,
    });
  });
});
