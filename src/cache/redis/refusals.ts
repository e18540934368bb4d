/**
 * Whether a server refuses something because it is a replica, or has just become one.
 *
 * It goes on answering whoever has stayed connected, and will for ever.
 */
export function isOfReplica(error: unknown): boolean {
  return /^(READONLY|UNBLOCKED)\b/u.test(messageOf(error));
}

/** Whether a server has no memory for what is new; it goes on giving what it has. */
export function isOfFull(error: unknown): boolean {
  return messageOf(error).startsWith('OOM');
}

/**
 * What the client or the server says, in words that an operator knows.
 *
 * Always an error of its own: the client attaches the command that failed to its errors, and with it
 * passwords and whole answers, which would be logged.
 */
export function inWords(error: unknown): Error {
  const said = messageOf(error);
  if (said.includes('maxRetriesPerRequest')) return new Error('the connection to Redis was lost');
  if (said.includes('enableOfflineQueue')) return new Error('there is no connection to Redis');
  if (said.startsWith('MOVED ')) {
    return new Error(`Redis is a node of a cluster: name it in "cluster", not in "url" (${said})`);
  }
  if (isOfFull(error)) {
    return new Error(
      'OOM: Redis is full and stores nothing new; what is there is still given. More "maxmemory", or the "maxmemory-policy" volatile-lru, helps',
    );
  }
  // Why the last node refused that was asked: as a rule they all do for the same reason.
  const { lastNodeError: refused } = error as { readonly lastNodeError?: unknown };
  if (refused != null) return new Error(`no node of the cluster answers: ${messageOf(refused)}`);
  return new Error(said);
}

// By its member, not by class: errors of the platform are not always of our `Error`.
function messageOf(error: unknown): string {
  const { message } = error as { readonly message?: unknown };
  return typeof message === 'string' ? message : String(error);
}
