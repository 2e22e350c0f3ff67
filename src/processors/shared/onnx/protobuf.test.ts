import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bytesField, integerField, readFields, textField } from './protobuf.ts';

test('the example of the format’s own documentation: field 1 is 150', () => {
  assert.deepEqual(Buffer.concat(integerField(1, 150)), Buffer.from('089601', 'hex'));
  assert.deepEqual(
    [...readFields(Buffer.from('089601', 'hex'))].map((f) => [f.number, f.integer]),
    [[1, 150n]],
  );
});

test('the documentation’s text field: field 2 is "testing"', () => {
  assert.deepEqual(Buffer.concat(textField(2, 'testing')), Buffer.from('120774657374696e67', 'hex'));
});

test('what is written is read', () => {
  const number = fc.integer({ min: 1, max: 200 });
  fc.assert(
    fc.property(number, fc.bigInt({ min: 0n, max: 2n ** 63n }), number, fc.uint8Array(), (a, integer, b, bytes) => {
      const message = Buffer.concat([...integerField(a, integer), ...bytesField(b, [Buffer.from(bytes)])]);
      const [first, second] = [...readFields(message)];
      assert.deepEqual([first?.number, first?.integer], [a, integer]);
      assert.deepEqual([second?.number, Buffer.compare(second?.bytes ?? Buffer.alloc(0), Buffer.from(bytes))], [b, 0]);
    }),
  );
});

test('rubbish is refused with a RangeError, never read past its end', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      try {
        for (const field of readFields(Buffer.from(bytes))) assert.ok(field.bytes.length <= bytes.length);
      } catch (error) {
        assert.ok(error instanceof RangeError);
      }
    }),
  );
});
