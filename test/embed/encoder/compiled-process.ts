import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { transform } from '@swc/core';
import { ROOT } from '../../support/app.js';

const SOURCES = path.join(ROOT, 'src/embed/encoder');

/**
 * Compiles the encoder process, since child processes run without Jest's transform.
 *
 * @returns its file, and how to remove it
 */
export async function compiledProcess(): Promise<{
  readonly processFile: string;
  readonly remove: () => Promise<void>;
}> {
  // Inside the project, so that packages are found.
  const folder = await mkdtemp(path.join(ROOT, 'node_modules', '.encoder-'));
  for (const name of ['encoder-process', 'model']) {
    const source = await readFile(path.join(SOURCES, `${name}.ts`), 'utf8');
    const { code } = await transform(source, {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'es6' },
    });
    await writeFile(path.join(folder, `${name}.js`), code);
  }
  await writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
  return {
    processFile: path.join(folder, 'encoder-process.js'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
