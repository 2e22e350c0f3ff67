import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AppError } from '#kernel/errors.ts';
import { receiverGuard } from './receiver-guard.ts';

const refused = (call: () => unknown, what: string) =>
  assert.throws(call, (error) => error instanceof AppError && error.code === 'URL_NOT_ALLOWED', what);

describe('whom a webhook may be sent to', () => {
  test('everybody on the public internet, nobody else', () => {
    const guard = receiverGuard([]);
    assert.equal(guard.check('https://hooks.example.com:8443/x?y=1').port, '8443');
    assert.equal(guard.mayConnect(guard.check('https://hooks.example.com/'))('93.184.215.14'), true);
    const inside = [
      '127.0.0.1',
      '::1',
      '10.1.2.3',
      '169.254.169.254',
      '::ffff:127.0.0.1',
      'fd00::1',
      '64:ff9b::7f00:1',
    ];
    for (const address of inside) {
      assert.equal(guard.mayConnect(guard.check('https://hooks.example.com/'))(address), false, address);
    }
    const wrong = ['http://127.0.0.1/', 'http://[::1]/', 'http://0x7f.1/', 'http://2130706433/', 'http://10.1.2.3:80/'];
    for (const url of [...wrong, 'ftp://example.com/', 'https://u:p@example.com/', '//example.com', 'javascript:1']) {
      refused(() => guard.check(url), url);
    }
  });

  test('and those whom the operator names, by address, network or name', () => {
    const guard = receiverGuard(['192.168.0.7', '10.1.0.0/16', 'fd00::/8', 'ERP.internal']);
    const some = guard.mayConnect(guard.check('https://hooks.example.com/'));
    const answers = ['192.168.0.7', '192.168.0.8', '10.1.255.1', '10.2.0.1', 'fd12::1', 'fe80::1', '127.0.0.1'].map(
      some,
    );
    assert.deepEqual(answers, [true, false, true, false, true, false, false]);
    guard.check('http://10.1.2.3/');
    refused(() => guard.check('http://10.2.2.3/'), 'outside the network');
    assert.equal(guard.mayConnect(guard.check('http://erp.internal/hook'))('172.16.0.1'), true);
    assert.equal(guard.mayConnect(guard.check('http://not-erp.internal/hook'))('172.16.0.1'), false);
  });
});
