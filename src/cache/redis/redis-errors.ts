/**
 * Whether a server refused a command because it is, or has just become, a replica.
 *
 * It keeps answering clients that stay connected, so they have to reconnect.
 */
export function isReplicaError(error: unknown): boolean {
  return /^(READONLY|UNBLOCKED)\b/u.test(messageOf(error));
}

/** Whether a server is out of memory for new data; it still serves what it has. */
export function isOutOfMemoryError(error: unknown): boolean {
  return messageOf(error).startsWith('OOM');
}

/**
 * An error of the client or the server, with a message that operators understand.
 *
 * Always a new error: the client attaches the failed command to its errors, and with it passwords and whole answers,
 * which would be logged.
 */
export function readableError(error: unknown): Error {
  const message = messageOf(error);
  if (message.includes('maxRetriesPerRequest'))
    return new Error('the connection to Redis was lost');
  if (message.includes('enableOfflineQueue')) return new Error('there is no connection to Redis');
  if (message.startsWith('MOVED ')) {
    return new Error(
      `Redis is a node of a cluster: name it in "cluster", not in "url" (${message})`,
    );
  }
  if (isOutOfMemoryError(error)) {
    return new Error(
      'OOM: Redis is full and stores no new data; stored data is still served. Raise "maxmemory", or set "maxmemory-policy" to volatile-lru',
    );
  }
  // The error of the last node that was tried: usually all have the same.
  const { lastNodeError } = error as { readonly lastNodeError?: unknown };
  if (lastNodeError != null)
    return new Error(`no node of the cluster answers: ${messageOf(lastNodeError)}`);
  return new Error(message);
}

// Not by `instanceof`: errors of the platform may be of another realm.
function messageOf(error: unknown): string {
  const { message } = error as { readonly message?: unknown };
  return typeof message === 'string' ? message : String(error);
}
