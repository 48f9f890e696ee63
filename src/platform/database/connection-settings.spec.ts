import { describe, expect, it } from '@jest/globals';
import { describeConnection, isLocal, parseDatabaseUrl } from './connection-settings.js';

describe('parseDatabaseUrl', () => {
  it('reads host, port, user, password and name', () => {
    expect(parseDatabaseUrl('postgres://me:p%40ss@db.example.org:6543/alcove')).toEqual({
      host: 'db.example.org',
      port: 6543,
      user: 'me',
      password: 'p@ss',
      database: 'alcove',
      ssl: false,
    });
  });

  it('reads a unix socket', () => {
    const settings = parseDatabaseUrl('postgres://me@/alcove?host=/run/postgresql');
    expect(settings).toMatchObject({ host: '/run/postgresql', port: 5432, password: undefined });
    expect(isLocal(settings)).toBe(true);
    expect(describeConnection(settings)).toBe('alcove on the socket in /run/postgresql');
  });

  it('reads TLS', () => {
    const settings = parseDatabaseUrl('postgresql://me:x@db.example.org/alcove?sslmode=verify-full');
    expect(settings.ssl).toEqual({});
    expect(isLocal(settings)).toBe(false);
  });

  it.each([
    ['postgres://db.example.org/alcove', /names no user/],
    ['postgres://canary@/alcove', /names no host/],
    ['postgres://canary:canary@db.example.org', /names no database/],
    ['postgres://canary:canary@db.example.org:99999/x', /cannot be read/],
    ['postgres://canary:canary@h/x?sslrootcert=/nowhere/ca.pem', /a certificate file is missing/],
  ])('refuses %s without repeating it', (url, message) => {
    let said = '';
    try {
      parseDatabaseUrl(url);
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said).toMatch(message);
    expect(said).not.toMatch(/canary/);
  });
});
