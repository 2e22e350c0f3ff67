import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressKey } from './address-key.ts';

test('IPv4 is counted by address, also when it is written as IPv6', () => {
  assert.equal(addressKey('203.0.113.7'), '203.0.113.7');
  for (const same of ['::ffff:203.0.113.7', '::FFFF:203.0.113.7', '::ffff:cb00:7107', '0:0:0:0:0:ffff:cb00:7107']) {
    assert.equal(addressKey(same), '203.0.113.7', same);
  }
});

test('IPv6 is counted by its network of 64 bits', () => {
  for (const same of ['2001:db8:1:2::', '2001:db8:1:2::1', '2001:0DB8:0001:0002:a:b:c:d', '2001:db8:1:2::192.0.2.1']) {
    assert.equal(addressKey(same), '2001:db8:1:2::/64', same);
  }
  assert.equal(addressKey('fe80::1%eth0'), 'fe80:0:0:0::/64');
  assert.equal(addressKey('::1'), '0:0:0:0::/64');
  assert.equal(addressKey('::1:ffff:7f00:1'), '0:0:0:0::/64', 'only looks like IPv4');
  assert.equal(addressKey('1:0:0:0:0:ffff:7f00:1'), '1:0:0:0::/64', 'only looks like IPv4');
  assert.notEqual(addressKey('2001:db8:1:3::1'), addressKey('2001:db8:1:2::1'));
});

test('what is no address stands for itself', () => {
  assert.equal(addressKey('unix:'), 'unix:');
  assert.equal(addressKey(''), '');
});

test('two addresses are counted together exactly when Node.js finds them in one network of 64 bits', () => {
  const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
  // Often zero, so that many are written with `::`.
  const groups = fc.array(fc.oneof(fc.constant('0'), group), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(groups, groups, fc.boolean(), (one, two, related) => {
      const other = related ? [...one.slice(0, 4), ...two.slice(4)] : two;
      const texts = [one, other].map((parts) => new URL(`http://[${parts.join(':')}]`).hostname.slice(1, -1));
      const [a = '', b = ''] = texts;
      fc.pre(!a.startsWith('::ffff:') && !b.startsWith('::ffff:'));
      const network = new BlockList();
      network.addSubnet(a, 64, 'ipv6');
      assert.equal(addressKey(a) === addressKey(b), network.check(b, 'ipv6'), `${a} ${b}`);
      assert.equal(addressKey(one.join(':')), addressKey(a), 'written in full');
    }),
    { numRuns: 2_000 },
  );
});
