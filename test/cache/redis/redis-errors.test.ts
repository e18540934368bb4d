import { readableError, isReplicaError } from '../../../src/cache/redis/redis-errors.js';

test.each([
  ['MOVED 3999 127.0.0.1:6381', /is a node of a cluster: name it in "cluster", not in "url"/u],
  [
    'Reached the max retries per request limit (which is 0). Refer to "maxRetriesPerRequest" option for details.',
    /^the connection to Redis was lost$/u,
  ],
  [
    "Stream isn't writeable and enableOfflineQueue options is false",
    /^there is no connection to Redis$/u,
  ],
  ['NOPERM this user has no permissions', /^NOPERM this user has no permissions$/u],
])('readableError translates %j into a message for operators', (said, words) => {
  expect(readableError(new Error(said)).message).toMatch(words);
});

test('isReplicaError recognises the errors of a replica', () => {
  expect(
    isReplicaError(readableError(new Error('READONLY You cannot write against a replica.'))),
  ).toBe(true);
  expect(isReplicaError(readableError(new Error('OOM command not allowed')))).toBe(false);
});
