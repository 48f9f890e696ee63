import { describe, expect, it } from '@jest/globals';
import { sourceFiles, type SourceFile } from './support/source-files.js';

/** The one place that may open connections to other servers. */
const EGRESS = 'src/platform/egress/';

/** Modules that open connections. Names a file may take from them are in `HARMLESS`. */
const MODULES = [
  'undici',
  'node:http',
  'node:https',
  'node:http2',
  'node:net',
  'node:tls',
  'node:dgram',
  'node:dns',
  'node:dns/promises',
];
/** Types, address checks, and servers of our own. */
const HARMLESS = new Set(['isIP', 'isIPv4', 'isIPv6', 'createServer', 'Server', 'AddressInfo', 'Socket']);

/** What in these files could reach another server around `Egress`. Files of browsers (`assets/*.js`) are not the server's. */
function waysOut(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ file, source }) => {
    const code = source.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '');
    const found: string[] = [];
    for (const [, types, names = '', module] of code.matchAll(
      /import\s+(type\s+)?(?:\{([^}]*)\}|[\w*\s]+)\s+from\s+'([^']+)'/g,
    )) {
      if (types || !MODULES.includes(module.startsWith('node:') || module === 'undici' ? module : `node:${module}`))
        continue;
      const taken = names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '' && !name.startsWith('type '));
      const outward = taken.filter((name) => !HARMLESS.has(name.split(' ')[0]));
      if (taken.length === 0 || outward.length > 0) found.push(`${file}: ${outward.join(', ') || '*'} from ${module}`);
    }
    for (const [call] of code.matchAll(
      /(?:import|require)\(\s*'(?:undici|(?:node:)?(?:https?|http2|net|tls|dgram|dns))'/g,
    ))
      found.push(`${file}: ${call}`);
    for (const [call] of code.matchAll(/(?<![.\w])(?:globalThis\.)?(?:fetch|WebSocket|EventSource)\s*\(/g))
      found.push(`${file}: ${call}`);
    return found;
  });
}

const server = sourceFiles(['src', 'plugins'], ['.ts']).filter(
  ({ file }) => !file.startsWith(EGRESS) && !file.endsWith('.spec.ts') && !/\/test\//.test(file),
);

describe('the one way out', () => {
  it('is used by everything on the server', () => {
    expect(server.length).toBeGreaterThan(200);
    expect(waysOut(server)).toEqual([]);
  });

  it.each([
    "import { request } from 'node:https';",
    "import { Agent, fetch } from 'undici';",
    "import http from 'http';",
    "import * as tls from 'node:tls';",
    "import { isIP, connect } from 'node:net';",
    "const { connect } = await import('node:net');",
    "const answer = await fetch('https://example.org');",
    'const answer = await globalThis.fetch(url);',
    'const socket = new WebSocket(url);',
  ])('is not left unnoticed by %s', (source) => {
    expect(waysOut([{ file: 'src/planted.ts', source }])).toHaveLength(1);
  });

  it('does not mistake its users for others', () => {
    const source =
      "import { isIP } from 'node:net';\nimport type { IncomingMessage } from 'node:http';\n// fetch('x')\nawait this.egress.fetch('sign-on', url);";
    expect(waysOut([{ file: 'src/fine.ts', source }])).toEqual([]);
  });
});
