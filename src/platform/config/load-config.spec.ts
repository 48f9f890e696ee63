import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig } from './load-config.js';

const linesOf = (env: Record<string, string>): readonly string[] => {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.lines;
    throw error;
  }
  return [];
};

describe('loadConfig', () => {
  let folder: string;
  const fileWith = (name: string, text: string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'alcove-config-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has a default for everything', () => {
    const config = loadConfig({});
    expect(config.http).toMatchObject({ port: 3000, host: '127.0.0.1', baseUrl: null, trustedProxies: 0 });
    expect(config.http.origin).toBe('http://127.0.0.1:3000');
    expect(config.data.folder).toBe(path.resolve('data'));
    expect(config.database).toMatchObject({ url: null, tls: 'required', poolMax: 10, connectTimeoutMs: 1500 });
    expect(config.keys.inline).toBeNull();
    expect(config.turn).toMatchObject({ urls: [], secret: null });
    expect(config.runtime).toMatchObject({ environment: 'development', safeMode: false });
    expect(config.warnings).toEqual([]);
  });

  it('reads what is set, and treats an empty variable as unset', () => {
    const config = loadConfig({
      PORT: '8443',
      ALCOVE_HOST: '',
      ALCOVE_BASE_URL: 'https://care.example.org/',
      SAFE_MODE: '1',
      NODE_ENV: 'production',
      ALCOVE_TURN_URLS: 'turn:t.example.org:3478?transport=udp, turns:t.example.org:443',
      ALCOVE_TURN_SECRET: 'a-secret-of-the-relay',
    });
    expect(config.http).toMatchObject({ port: 8443, host: '127.0.0.1' });
    expect(config.http.origin).toBe('https://care.example.org');
    expect(config.turn.urls).toEqual(['turn:t.example.org:3478?transport=udp', 'turns:t.example.org:443']);
    expect(config.runtime).toMatchObject({ safeMode: true, isProduction: true });
  });

  it('reports every problem at once, each by its variable', () => {
    const lines = linesOf({
      PORT: '3000abc',
      ALCOVE_BASE_URL: 'https://care.example.org/path',
      DATABASE_URL: 'mysql://somewhere/x',
      ALCOVE_LOG_LEVEL: 'loud',
      SAFE_MODE: 'perhaps',
      ALCOVE_TURN_URLS: 'stun:t.example.org',
    });
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      'SAFE_MODE',
      'PORT',
      'ALCOVE_BASE_URL',
      'DATABASE_URL',
      'ALCOVE_LOG_LEVEL',
      'ALCOVE_TURN_URLS',
    ]);
    expect(lines.every((line) => /: use /.test(line))).toBe(true);
  });

  it.each(['0', '65536', '-1', '3.5', ' ', '1e3'])('refuses PORT=%j unless it means unset', (port) => {
    expect(linesOf({ PORT: port })).toHaveLength(port.trim() === '' ? 0 : 1);
  });

  it('never repeats a value', () => {
    const secret = 'mysql://user:hunter2-canary@host/db';
    const text = linesOf({ DATABASE_URL: secret, ALCOVE_KEY_RING: 'canary{', ALCOVE_TURN_SECRET: 'canary' }).join('\n');
    expect(text).not.toMatch(/canary/);
    expect(text.split('\n')).toHaveLength(3);
  });

  it('takes any variable from a file', () => {
    const file = fileWith('url', 'postgres://u:p@/alcove?host=/run/postgresql\n');
    expect(loadConfig({ DATABASE_URL_FILE: file }).database.url).toBe('postgres://u:p@/alcove?host=/run/postgresql');
    expect(loadConfig({ PORT_FILE: fileWith('port', '4000\n') }).http.port).toBe(4000);
  });

  it('says which file is missing, empty or given beside the variable', () => {
    const missing = path.join(folder, 'nowhere');
    expect(linesOf({ ALCOVE_KEY_RING_FILE: missing })).toEqual([
      `ALCOVE_KEY_RING_FILE: the file ${missing} cannot be read (it does not exist).`,
    ]);
    expect(linesOf({ ALCOVE_TURN_SECRET_FILE: fileWith('empty', '\n') })[0]).toMatch(
      /^ALCOVE_TURN_SECRET_FILE: .* is empty\.$/,
    );
    expect(linesOf({ PORT: '1', PORT_FILE: fileWith('other', '2') })).toEqual([
      'PORT: is set twice; keep either PORT or PORT_FILE.',
    ]);
  });

  it('wants the secret beside the addresses of the relay', () => {
    expect(linesOf({ ALCOVE_TURN_URLS: 'turn:t.example.org' })[0]).toMatch(/^ALCOVE_TURN_SECRET: is missing/);
  });

  it('warns about names nothing reads, with the likely one', () => {
    const { warnings } = loadConfig({ ALCOVE_DATADIR: 'x', ALCOVE_ZEBRA: 'y', ALCOVE_PLUGIN_SMS_KEY: 'z' });
    expect(warnings).toEqual([
      'ALCOVE_DATADIR: is not a setting of Alcove and is ignored; did you mean ALCOVE_DATA_DIR.',
      'ALCOVE_ZEBRA: is not a setting of Alcove and is ignored.',
    ]);
  });

  it('warns when links would begin with an address nobody reaches', () => {
    expect(loadConfig({ ALCOVE_HOST: '0.0.0.0' }).warnings[0]).toMatch(/^ALCOVE_BASE_URL: is unset/);
    expect(loadConfig({ ALCOVE_HOST: '0.0.0.0', ALCOVE_BASE_URL: 'https://a.example' }).warnings).toEqual([]);
  });

  it('cannot be changed afterwards', () => {
    expect(() => Object.assign(loadConfig({}).http, { port: 1 })).toThrow(TypeError);
  });
});
