import { KeyRing } from '../../src/admit/keys.js';

const ring = new KeyRing([
  { name: 'web', key: 'sk-web-0123456789abcdef', metadata: { tier: 'paid' } },
  { name: 'batch', key: 'sk-batch-0123456789abcdef', metadata: {} },
]);

describe('KeyRing', () => {
  test.each([
    { how: 'as a bearer token', authorization: 'Bearer sk-web-0123456789abcdef' },
    { how: 'in lower case and with spaces', authorization: 'bearer   sk-web-0123456789abcdef ' },
    { how: 'as x-api-key', apiKey: 'sk-web-0123456789abcdef' },
  ])('accepts a key sent $how', ({ authorization, apiKey }) => {
    expect(ring.admit({ authorization, 'x-api-key': apiKey })).toEqual({
      name: 'web',
      metadata: { tier: 'paid' },
    });
  });

  test.each([
    { what: 'no key', authorization: undefined },
    { what: 'another scheme', authorization: 'Basic c2s6eA==' },
    { what: 'an unknown key', authorization: 'Bearer sk-unknown-secret' },
    { what: 'an empty key', authorization: 'Bearer ' },
  ])('rejects $what without repeating it', ({ authorization }) => {
    const admit = () => ring.admit({ authorization });

    expect(admit).toThrow(expect.objectContaining({ code: 'invalid_api_key', status: 401 }));
    expect(admit).not.toThrow(/secret/u);
  });

  test('admits every caller as anonymous when it is empty', () => {
    expect(new KeyRing([]).admit({ authorization: 'Bearer anything' })).toEqual({
      name: 'anonymous',
      metadata: {},
    });
  });
});
