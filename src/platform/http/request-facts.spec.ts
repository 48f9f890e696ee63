import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { clientAddress } from './request-facts.js';

const from = (peer: string, forwarded?: string): IncomingMessage =>
  ({
    socket: { remoteAddress: peer },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

describe('clientAddress', () => {
  it('takes the peer and no header where no proxy is trusted', () => {
    expect(clientAddress(from('198.51.100.7', '203.0.113.9'), 0)).toBe('198.51.100.7');
  });

  it('takes what the outermost trusted proxy wrote, not what the client put before it', () => {
    expect(clientAddress(from('10.0.0.2', '6.6.6.6, 198.51.100.7'), 1)).toBe('198.51.100.7');
    expect(clientAddress(from('10.0.0.3', '6.6.6.6, 198.51.100.7, 10.0.0.2'), 2)).toBe('198.51.100.7');
  });

  it('falls back to what there is when a proxy is missing', () => {
    expect(clientAddress(from('10.0.0.2'), 1)).toBe('10.0.0.2');
    expect(clientAddress(from('10.0.0.2', '198.51.100.7'), 3)).toBe('198.51.100.7');
  });

  it('writes mapped IPv4 addresses plainly', () => {
    expect(clientAddress(from('::ffff:127.0.0.1'), 0)).toBe('127.0.0.1');
  });
});
