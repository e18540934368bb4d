import { transportError } from '../../src/upstream/upstream-error.js';
import { writesRaw } from '../support/fake-upstream.js';
import { Bench, provider, settled, upstreamAt } from './support.js';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.start();
});

afterEach(async () => {
  await bench.close();
});

describe('connection error', () => {
  test('names a plain HTTP server behind an https URL', async () => {
    const url = `https://127.0.0.1:${bench.fake.port}/v1`;
    await bench.reopen({ providers: new Map([['plain', provider('plain', { baseUrl: url })]]) });

    await expect(bench.ask({ upstream: upstreamAt('plain') })).rejects.toMatchObject({
      code: 'upstream_failed',
      message:
        'plain/model does not speak TLS there; should its base_url begin with http:// instead of https://?',
      sent: false,
    });
  });

  test.each([
    [100, 'Continue', 'answered with 100 Continue, which was not requested'],
    [
      101,
      'Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade',
      'requires a protocol other than HTTP/1.1 (it answered with 101)',
    ],
  ])('names an unexpected status %d', async (status, head, says) => {
    await bench.ask();
    await settled();
    bench.fake.next(writesRaw(`HTTP/1.1 ${status} ${head}\r\n\r\n`, 'stay'));

    await expect(bench.ask()).rejects.toMatchObject({
      code: 'upstream_failed',
      message: `openai/model ${says}`,
    });
    // The upstream has read the request, so it is not resent.
    expect(bench.fake.requests).toHaveLength(2);
  });

  test.each([
    ['CERT_HAS_EXPIRED', 'has an expired certificate'],
    ['CERT_NOT_YET_VALID', 'has a certificate that is not valid yet'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'has a self-signed certificate'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'has a certificate from an untrusted issuer'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'has a certificate for another host'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'failed the TLS handshake'],
    ['ECONNRESET', 'closed the connection before the request was sent'],
    ['EMADEUP', 'could not be called (EMADEUP)'],
  ])('explains %s: %s', (code, says) => {
    const cause = Object.assign(new Error('https://key@host/'), { code });

    const { message } = transportError(upstreamAt('acme'), 'connecting', cause);

    expect(message).toContain(`acme/model ${says}`);
    expect(message).not.toContain('key@host');
  });
});
