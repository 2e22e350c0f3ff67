import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isPublicAddress } from './public-address.ts';

const denied: Readonly<Record<string, readonly string[]>> = {
  'this network and loopback': ['0.0.0.0', '0.1.2.3', '127.0.0.1', '127.255.255.254', '::', '::1'],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12:3456::1', 'fec0::1'],
  'link-local and cloud metadata': ['169.254.169.254', 'fe80::1', 'fe80::1%lo', 'fd00:ec2::254'],
  'behind carriers': ['100.64.0.1', '100.127.255.255'],
  'multicast, reserved, broadcast': ['224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', 'ff02::1'],
  'documentation, benchmarks, protocols': [
    '192.0.2.1',
    '198.51.100.7',
    '203.0.113.9',
    '198.18.0.1',
    '198.19.255.255',
    '192.0.0.170',
    '192.88.99.1',
    '2001:db8::1',
    '3fff::1',
    '2001:10::1',
  ],
  'IPv4 compatible': ['::127.0.0.1', '::7f00:1', '::a.b.c.d', '::192.168.0.1'],
  'IPv4 mapped': ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.0.0.1', '::ffff:0:127.0.0.1'],
  '6to4': ['2002:7f00:1::', '2002:c0a8:101::1', '2002:a9fe:a9fe::'],
  NAT64: ['64:ff9b::127.0.0.1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::7f00:1'],
  Teredo: ['2001::1', '2001:0:4136:e378:8000:63bf:80ff:fffe'],
  ISATAP: [
    '2620:0:1::5efe:127.0.0.1',
    '2620:0:1:0:0:5efe:7f00:1',
    '2620:0:1:0:200:5efe:a00:1',
    '2a00:1450:1:1:200:5efe:10.0.0.1',
  ],
  'no address': ['', 'localhost', '1', '127.1', '0x7f.1', '1.2.3.4.5', '2130706433', '[::1]'],
};

describe('public addresses', () => {
  for (const [kind, addresses] of Object.entries(denied)) {
    it(`are not ${kind}`, () => {
      for (const address of addresses) assert.equal(isPublicAddress(address), false, address);
    });
  }

  it('are those of the internet, at the borders too', () => {
    const allowed = ['1.1.1.1', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255'];
    const more = ['128.0.0.0', '172.15.255.255', '172.32.0.0', '192.167.255.255', '198.17.255.255', '198.20.0.0'];
    const six = ['2001:4860:4860::8888', '2606:4700:4700::1111', '2a00:1450::5efe', '2001:200::', '2620:0:1::1:5efe:1'];
    for (const address of [...allowed, ...more, '223.255.255.255', ...six]) {
      assert.equal(isPublicAddress(address), true, address);
    }
  });
});
