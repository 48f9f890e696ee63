import { isSameProcess, processFacts, type ProcessFacts } from './process-identity.js';

const NPM = /(^|[\s/\\])(npm|npx|pnpm|yarn)(-cli)?(\.c?js)?(\s|$)/;
const EVERY_MS = 500;

/**
 * Calls `gone` once when a process this server was started through has ended: npm, a shell between npm and us, or the launcher.
 * npm does not take its children with it when it is killed, and a server nobody sees any more must not keep the port and the data.
 * A server started directly (by systemd, in a container) has nothing to watch.
 * @returns the way to stop watching.
 */
export function watchParents(gone: (who: string) => void, env: NodeJS.ProcessEnv = process.env): () => void {
  const watched = parentsToWatch(env);
  if (watched.length === 0) return () => undefined;
  const timer = setInterval(() => {
    const lost = watched.find((parent) => !isSameProcess(parent.pid, parent.identity));
    if (!lost) return;
    clearInterval(timer);
    gone(lost.command || `process ${lost.pid}`);
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** The ancestors whose end ends us: all up to the nearest npm when npm started us, else at most the launcher. */
export function parentsToWatch(env: NodeJS.ProcessEnv): ProcessFacts[] {
  const ancestors = ancestorsOf(process.pid);
  const npm = env.npm_lifecycle_event ? ancestors.findIndex((parent) => NPM.test(parent.command)) : -1;
  const launcher = ancestors.findIndex((parent) => String(parent.pid) === env.ALCOVE_LAUNCHER_PID);
  return ancestors.slice(0, Math.max(npm, launcher) + 1);
}

/** From the parent upwards; the first process of the machine or container is left out. */
function ancestorsOf(pid: number): ProcessFacts[] {
  const ancestors: ProcessFacts[] = [];
  let next = processFacts(pid)?.parentPid ?? 0;
  while (next > 1 && ancestors.length < 32) {
    const facts = processFacts(next);
    if (!facts) break;
    ancestors.push(facts);
    next = facts.parentPid;
  }
  return ancestors;
}
