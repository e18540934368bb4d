import type { App } from '../app.js';
import { watchFiles, type WatchOptions } from '../config/watch.js';
import type { Log } from '../telemetry/log.js';

/** Reloads until it is closed. */
export interface ReloadWatch {
  /** Reloads at once, whatever has changed; never rejects. */
  reload(): Promise<void>;
  close(): void;
}

/**
 * Reloads the app whenever a file it was made of has changed: configuration, rules, their tests, the
 * pointer to a tuned head.
 *
 * Where a reload was refused, the files that the refused configuration names are watched besides, until
 * one succeeds: it may be one of them that has to be corrected, or to come.
 */
export function watchForReload(
  app: Pick<App, 'files' | 'reload'>,
  log: Log,
  options: WatchOptions,
): ReloadWatch {
  const onChange = async (changed: readonly string[]): Promise<void> => {
    log.info({ changed }, 'files changed');
    await reload();
  };
  const watch = watchFiles(app.files, (changed) => void onChange(changed), options);
  const reload = async (): Promise<void> => {
    const taken = await app.reload((named) => watch.follow([...new Set([...app.files, ...named])]));
    if (taken) await watch.follow(app.files);
  };
  return {
    reload,
    close: () => {
      watch.close();
    },
  };
}
