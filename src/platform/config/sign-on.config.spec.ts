import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig } from './load-config.js';

const ISSUER = 'https://id.example.org/realms/practice';
const linesOf = (env: Record<string, string>): string => {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.lines.join('\n');
    throw error;
  }
  return '';
};

describe('the settings of single sign-on', () => {
  it('are all off by themselves', () => {
    expect(loadConfig({}).signOn).toMatchObject({ issuer: null, clientId: null, clientSecret: null });
  });

  it('read the secret from a file and never repeat it', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'alcove-sign-on-'));
    try {
      const file = path.join(folder, 'secret');
      writeFileSync(file, 'a secret from a file\n');
      const env = { ALCOVE_SIGN_ON_ISSUER: ISSUER, ALCOVE_SIGN_ON_CLIENT_ID: 'alcove' };
      const { signOn } = loadConfig({ ...env, ALCOVE_SIGN_ON_CLIENT_SECRET_FILE: file });
      expect(signOn).toMatchObject({ issuer: ISSUER, clientId: 'alcove', clientSecret: 'a secret from a file' });
      expect(linesOf({ ...env, ALCOVE_SIGN_ON_CLIENT_SECRET: 'short' })).not.toContain('short');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('say what is missing beside an issuer, and what is of no use without one', () => {
    expect(linesOf({ ALCOVE_SIGN_ON_ISSUER: ISSUER })).toContain('ALCOVE_SIGN_ON_CLIENT_ID: is missing');
    expect(loadConfig({ ALCOVE_SIGN_ON_CLIENT_ID: 'alcove' }).warnings.join()).toContain('ALCOVE_SIGN_ON_ISSUER');
  });

  it.each(['id.example.org', 'ftp://id.example.org', `${ISSUER}?x=1`, `${ISSUER}#x`, 'https://user@id.example.org/'])(
    'refuse %s as an issuer',
    (issuer) => {
      expect(linesOf({ ALCOVE_SIGN_ON_ISSUER: issuer, ALCOVE_SIGN_ON_CLIENT_ID: 'a' })).toContain(
        'ALCOVE_SIGN_ON_ISSUER',
      );
    },
  );

  it('ask for openid in any case', () => {
    expect(linesOf({ ALCOVE_SIGN_ON_SCOPES: 'email profile' })).toContain('ALCOVE_SIGN_ON_SCOPES');
  });
});

describe('the settings of calls to other servers', () => {
  it.each(['keycloak.lan', 'keycloak.lan:8443', '10.0.0.5:443', '[fd00::1]:8443'])('take %s', (host) => {
    expect(loadConfig({ ALCOVE_EGRESS_PRIVATE_HOSTS: host }).egress.privateHosts).toEqual([host]);
  });

  it.each(['https://keycloak.lan', 'keycloak.lan:99999', 'a b', '*.lan', 'user@lan', 'lan/path', '[::'])(
    'refuse %s',
    (host) => {
      expect(linesOf({ ALCOVE_EGRESS_PRIVATE_HOSTS: host })).toContain('ALCOVE_EGRESS_PRIVATE_HOSTS');
    },
  );

  it.each(['0', '443,', '65536', 'https', '-1'])('take or refuse the ports %s as they are', (ports) => {
    const good = ports === '443,';
    expect(linesOf({ ALCOVE_EGRESS_PORTS: ports }).includes('ALCOVE_EGRESS_PORTS')).toBe(!good);
  });
});
