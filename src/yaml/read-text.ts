import { readFile } from 'node:fs/promises';

import { FaultyFileError } from '../core/errors.js';

/**
 * Reads a UTF-8 text file, without a byte order mark.
 *
 * @throws {FaultyFileError} the file does not exist, cannot be read, or is not UTF-8
 */
export async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw faulty(file, READ_ERRORS[codeOf(error)] ?? `the file cannot be read (${codeOf(error)}).`);
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Decoded leniently, other encodings would give keys and names that look right but are not.
    throw faulty(file, 'the file is not UTF-8 text.');
  }
}

const READ_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file.',
  ENOTDIR: 'there is no such file.',
  EISDIR: 'this is a folder, not a file.',
  EACCES: 'the user that runs this program has no permission to read the file.',
  EPERM: 'the user that runs this program has no permission to read the file.',
};

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error';
}

function faulty(file: string, message: string): FaultyFileError {
  return new FaultyFileError([{ file, line: 0, column: 0, message, severity: 'error' }]);
}
