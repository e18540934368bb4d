import type { App } from '../app.js';
import { watchFiles, type Watch } from '../config/watch.js';
import type { Clock } from '../core/clock.js';
import { headStoreIn } from '../route/local/adapt.js';
import { testFileOf } from '../route/rules/test-file.js';
import type { Log } from '../telemetry/log.js';

/** Reloads the app whenever a file it was made of has changed: configuration, rules, their tests, the pointer to a tuned head. */
export function watchForReload(
  app: Pick<App, 'inForce' | 'reload'>,
  clock: Clock,
  log: Log,
): Watch {
  let files = filesOf(app);
  let watch = watchNow();
  function watchNow(): Watch {
    return watchFiles(files, (changed) => void onChange(changed), { clock });
  }
  async function onChange(changed: readonly string[]): Promise<void> {
    log.info({ changed }, 'files changed');
    await app.reload();
    const now = filesOf(app);
    if (now.join('\n') === files.join('\n')) return;
    // The new configuration names another rules file. A watch that goes on misses nothing; only
    // a new one has to be begun.
    files = now;
    watch.close();
    watch = watchNow();
  }
  return {
    close: () => {
      watch.close();
    },
  };
}

function filesOf({ inForce }: Pick<App, 'inForce'>): readonly string[] {
  const { sourced, assembly } = inForce;
  const { file: rules } = assembly.rules;
  const { pointerFile } = headStoreIn(assembly.adaptationFolder);
  return [rules, testFileOf(rules), pointerFile, ...(sourced.file === null ? [] : [sourced.file])];
}
