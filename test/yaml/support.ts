import { FaultyFileError, formatFault } from '../../src/core/errors.js';
import { YamlFile } from '../../src/yaml/yaml-file.js';

/** The fault lines of what `act` throws, without the file's name. */
export function faultsOf(act: () => unknown): readonly string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof FaultyFileError) {
      return error.faults.map((fault) => formatFault(fault).replace(/^f\.yaml:?/, ''));
    }
    throw error;
  }
  return [];
}

export function parse(text: string): YamlFile {
  return YamlFile.parse('f.yaml', text);
}
