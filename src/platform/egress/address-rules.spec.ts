import { describe, expect, it } from '@jest/globals';
import { isLoopback, reachOf } from './address-rules.js';

describe('reachOf', () => {
  it.each(['1.1.1.1', '8.8.8.8', '93.184.216.34', '172.15.255.255', '172.32.0.1', '2606:4700:4700::1111'])(
    '%s is public',
    (address) => expect(reachOf(address)).toBe('public'),
  );

  it.each([
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '::1',
    'fd12::1',
  ])('%s is the own network', (address) => expect(reachOf(address)).toBe('own-network'));

  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '169.254.169.254',
    '169.254.0.1',
    '224.0.0.1',
    '239.1.1.1',
    '240.0.0.1',
    '255.255.255.255',
    '192.0.0.192',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '192.88.99.1',
    '168.63.129.16',
    '100.100.100.200',
    '::',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2001::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '2001:db8::1',
    '3fff::1',
    '100::1',
    '4000::1',
    'fd00:ec2::254',
    '',
    'localhost',
    '0x7f.1',
    '2130706433',
    '127.1',
    '017700000001',
    '1.2.3',
    '1.2.3.4.5',
    '[::1]',
    '1.2.3.4 ',
  ])('%s is never called', (address) => expect(reachOf(address)).toBe('never'));
});

it('isLoopback knows both families and nothing else', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1'].every(isLoopback)).toBe(true);
  expect(['10.0.0.1', '::', '::ffff:127.0.0.1', '::1%lo', 'localhost'].some(isLoopback)).toBe(false);
});
