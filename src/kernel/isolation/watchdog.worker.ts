/**
 * The watchdog's own thread. It must run while the main thread is stuck, so it shares nothing with it but four bytes of memory, and
 * imports nothing but Node. Written in TypeScript that only needs its types removed, because tests run it from source.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { Session } from 'node:inspector';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

interface Guarded {
  readonly id: string;
  readonly folder: string;
  readonly number: number;
}

const { shared, file, limitMs, exitCode } = workerData as {
  shared: Int32Array;
  file: string;
  limitMs: number;
  exitCode: number;
};

const CHECK_EVERY = 250;
/** How long the main thread has to show its call frames before it is ended without them. */
const FRAMES_WITHIN = 1_000;

let plugins: readonly Guarded[] = [];
let lastBeat = -1;
let lastChange = Date.now();
let lastCheck = Date.now();
let ending = false;

parentPort?.on('message', (message: readonly Guarded[]) => {
  plugins = message;
});

setInterval(() => {
  const now = Date.now();
  const beat = Atomics.load(shared, 0);
  // A gap in our own clock means that the whole machine slept: then nobody was blocked.
  const slept = now - lastCheck > CHECK_EVERY * 8;
  lastCheck = now;
  if (beat !== lastBeat || slept) {
    lastBeat = beat;
    lastChange = now;
  } else if (now - lastChange >= limitMs && !ending) {
    ending = true;
    endBlocked(now - lastChange);
  }
}, CHECK_EVERY);

function endBlocked(blockedMs: number): void {
  const session = new Session();
  const givenUp = setTimeout(() => {
    leave(blockedMs, []);
    process.kill(process.pid, 'SIGKILL');
  }, FRAMES_WITHIN);
  session.connectToMainThread();
  // Call frames name their scripts by number; the files behind the numbers are told when the debugger is enabled.
  const files = new Map<string, string>();
  session.on('Debugger.scriptParsed', ({ params }) => files.set(params.scriptId, params.url));
  session.on('Debugger.paused', ({ params }) => {
    clearTimeout(givenUp);
    leave(
      blockedMs,
      params.callFrames.map(({ location }) => files.get(location.scriptId) ?? ''),
    );
    session.post('Debugger.evaluateOnCallFrame', {
      callFrameId: params.callFrames[0].callFrameId,
      expression: `process.exit(${exitCode})`,
    });
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), FRAMES_WITHIN);
  });
  session.post('Debugger.enable');
  session.post('Debugger.pause');
}

/** Writes the report and says one line. */
function leave(blockedMs: number, urls: readonly string[]): void {
  const pluginId = byFrames(urls) ?? byMarker();
  const report = {
    pluginId,
    at: new Date().toISOString(),
    blockedMs,
    frames: urls.filter((url) => url.startsWith('file:')).slice(0, 10),
  };
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  const handle = openSync(temporary, 'w', 0o600);
  writeSync(handle, JSON.stringify(report));
  fsyncSync(handle);
  closeSync(handle);
  renameSync(temporary, file);
  const who = pluginId ? `the plugin ${pluginId} was running and will not be started again` : 'no plugin was running';
  writeSync(2, `alcove: the server was blocked for ${(blockedMs / 1_000).toFixed(1)} s and ends now; ${who}\n`);
}

/** The innermost call frame that lies in a plugin's folder. */
function byFrames(urls: readonly string[]): string | null {
  for (const url of urls) {
    if (!url.startsWith('file:')) continue;
    const script = fileURLToPath(url);
    const plugin = plugins.find(({ folder }) => script.startsWith(folder + path.sep));
    if (plugin) return plugin.id;
  }
  return null;
}

/** What the main thread had entered; the only trace when it is stuck in native code and shows no frames. */
function byMarker(): string | null {
  const number = Atomics.load(shared, 1);
  return plugins.find((plugin) => plugin.number === number)?.id ?? null;
}
