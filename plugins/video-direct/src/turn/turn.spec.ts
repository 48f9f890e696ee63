import { describe, expect, it } from '@jest/globals';
import { readTurnConfig } from './turn-config.js';
import { turnCredentials } from './turn-credentials.js';

const typed = { urls: undefined, secret: undefined, ttlSeconds: undefined, relayOnly: false };

describe('turnCredentials', () => {
  it('matches a vector computed with openssl', () => {
    // printf '1764000000:abc' | openssl dgst -sha1 -hmac north -binary | base64
    expect(turnCredentials('north', new Date(1_764_000_000_999), 'abc')).toEqual({
      username: '1764000000:abc',
      credential: 'UVhq3toqj3qX8yJzBbHLxqEgjpU=',
    });
  });
});

describe('readTurnConfig', () => {
  it('has no relay, and no server of anybody else, unless one is configured', () => {
    expect(readTurnConfig(typed)).toEqual({ urls: [], secret: '', ttlSeconds: 3_600, relayOnly: false });
  });

  it('takes several addresses', () => {
    const urls = 'turn:turn.example.org:3478?transport=udp, turns:turn.example.org:5349';
    expect(readTurnConfig({ ...typed, urls, secret: 's' }).urls).toEqual([
      'turn:turn.example.org:3478?transport=udp',
      'turns:turn.example.org:5349',
    ]);
  });

  it.each([
    ['a STUN server', { urls: 'stun:stun.example.org' }],
    ['a web address', { urls: 'https://turn.example.org' }],
    ['addresses without a secret', { urls: 'turn:turn.example.org', secret: undefined }],
    ['relay only without a relay', { relayOnly: true }],
  ])('refuses %s, without repeating a value', (_, wrong) => {
    const read = () => readTurnConfig({ ...typed, secret: 'hidden-secret', ...wrong });
    expect(read).toThrow(expect.objectContaining({ kind: 'misconfigured' }));
    expect(read).not.toThrow(/hidden-secret/);
  });
});
