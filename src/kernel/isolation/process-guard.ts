import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runningPlugin } from './running.js';

/** Whose fault an error is, as far as can be told. */
export interface Blame {
  /** Plugins with their folders. */
  readonly folders: () => readonly { id: string; folder: string }[];
  /** An error that nobody caught came out of this plugin. */
  readonly plugin: (id: string, error: unknown) => void;
  /** It came out of the core, or nobody can say: the process should end. */
  readonly core: (error: unknown) => void;
}

/**
 * Listens for errors that nobody caught. One that came out of a plugin costs that plugin its place, not the server its life. Returns
 * the way to stop listening.
 */
export function guardProcess(blame: Blame): () => void {
  const onError = (error: unknown): void => {
    const id = runningPlugin() ?? byStack(error, blame.folders());
    if (id === undefined) blame.core(error);
    else blame.plugin(id, error);
  };
  process.on('uncaughtException', onError);
  process.on('unhandledRejection', onError);
  return () => {
    process.off('uncaughtException', onError);
    process.off('unhandledRejection', onError);
  };
}

/** The plugin in whose folder the innermost frame lies that is any plugin's: for errors whose context was lost. */
export function byStack(error: unknown, plugins: readonly { id: string; folder: string }[]): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const files = [...stack.matchAll(/(?:\(|at (?:async )?)(file:\/\/[^\s)]+|\/[^\s)]+):\d+:\d+/g)].map(([, file]) =>
    file.startsWith('file:') ? fileURLToPath(file) : file,
  );
  const first = files.find((file) => plugins.some(({ folder }) => file.startsWith(folder + path.sep)));
  return plugins.find(({ folder }) => first?.startsWith(folder + path.sep))?.id;
}
