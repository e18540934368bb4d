/** Decodes a part of a URL; invalid percent-encoding is returned unchanged. */
export function decodeOrKeep(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The `Basic` authorization of a URL of the form `https://user:password@host`; `undefined` if it has neither. */
export function basicAuthHeader({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const pair = `${decodeOrKeep(username)}:${decodeOrKeep(password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}
