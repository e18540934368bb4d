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
])('turns %j into a message that operators can act on', (said, words) => {
  expect(readableError(new Error(said)).message).toMatch(words);
});

test('recognises a replica by its errors', () => {
  expect(
    isReplicaError(readableError(new Error('READONLY You cannot write against a replica.'))),
  ).toBe(true);
  expect(isReplicaError(readableError(new Error('OOM command not allowed')))).toBe(false);
});
