const SHARED_OBJECTS: Readonly<Record<string, object>> = {
  'Object.prototype': Object.prototype,
  'Array.prototype': Array.prototype,
  'Function.prototype': Function.prototype,
  'String.prototype': String.prototype,
  'Promise.prototype': Promise.prototype,
  'Map.prototype': Map.prototype,
  'Date.prototype': Date.prototype,
};
const SIGNALS = ['uncaughtException', 'unhandledRejection', 'SIGINT', 'SIGTERM', 'exit'];

/** What importing did besides importing, one line each. */
export async function importEffects(load: () => Promise<unknown>): Promise<string[]> {
  const before = observe();
  await load();
  const after = observe();
  return [...after]
    .filter(([name, value]) => before.get(name) !== value)
    .map(([name]) => `importing the plugin changed ${name}`);
}

function observe(): Map<string, string> {
  const seen = new Map<string, string>();
  for (const [name, object] of Object.entries(SHARED_OBJECTS))
    seen.set(name, Reflect.ownKeys(object).map(String).join());
  for (const name of SIGNALS) seen.set(`the listeners of "${name}"`, String(process.listenerCount(name)));
  seen.set('what keeps the process alive', active());
  seen.set('process.env', JSON.stringify(process.env));
  return seen;
}

/** Servers and intervals; files being read by the import itself come and go. */
const active = (): string =>
  process
    .getActiveResourcesInfo()
    .filter((kind) => kind === 'Timeout' || /Server/.test(kind))
    .sort()
    .join();
