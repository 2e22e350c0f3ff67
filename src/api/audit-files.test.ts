import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { AuditEntry } from '#audit/audit.ts';
import { auditCsv, auditJson, csvCell } from './audit-files.ts';

test('a cell that a spreadsheet would take for a formula is text', () => {
  for (const formula of [
    '=cmd|" /C calc"!A1',
    '+1',
    '-1',
    '@SUM(1)',
    '\t=1',
    '\r=1',
    '\n=1',
    ' =1',
    '＝1',
    '＋1',
    '－1',
    '＠a',
  ]) {
    assert.equal(csvCell(formula), `"'${formula.replaceAll('"', '""')}"`);
  }
});

test('cells are quoted as RFC 4180 says', () => {
  assert.equal(csvCell('plain'), 'plain');
  assert.equal(csvCell('a,b'), '"a,b"');
  assert.equal(csvCell('say "no"'), '"say ""no"""');
  assert.equal(csvCell('two\r\nlines'), '"two\r\nlines"');
  assert.equal(csvCell(-1), '-1');
  assert.equal(csvCell(null), '');
});

test('a record as CSV and as JSON', async () => {
  const csv = await text(auditCsv(entries(2)));
  assert.deepEqual(csv.split('\r\n'), [
    'number,id,at,action,by kind,by id,by name,subject kind,subject id,before,after,address,user agent,request,erased',
    `1,id-1,2026-01-01T00:00:00.000Z,member.changed,user,u,"'=cmd",member,m,,"{""role"":""admin""}",192.0.2.1,"'@agent",,`,
    '2,id-2,2026-01-01T00:00:00.000Z,member.changed,,,,,,,,,,,yes',
    '',
  ]);
  const json = JSON.parse(await text(auditJson(entries(2))));
  assert.equal(json.length, 2);
  assert.deepEqual(json[0].by, { kind: 'user', id: 'u', name: '=cmd' });
  assert.deepEqual([json[1].by, json[1].erased], [null, true]);
  assert.deepEqual(JSON.parse(await text(auditJson(entries(0)))), []);
});

test('a long record is written while it is read', async () => {
  let asked = 0;
  async function* endless() {
    for (;;) {
      asked++;
      yield* entries(1);
    }
  }
  const pieces = auditCsv(endless());
  await pieces.next();
  await pieces.return(undefined);
  assert.ok(asked < 2_000, `${asked} were read for one piece`);
});

async function* entries(count: number): AsyncGenerator<AuditEntry> {
  const at = new Date('2026-01-01T00:00:00Z');
  for (let number = 1; number <= count; number++) {
    const by = { kind: 'user', userId: 'u', credentialId: 's' } as const;
    const subject = { kind: 'member', id: 'm' };
    const origin = { ip: '192.0.2.1', userAgent: '@agent' };
    const content = number === 2 ? undefined : { by, subject, after: { role: 'admin' }, origin };
    yield { id: `id-${number}`, number, at, action: 'member.changed', content, byName: content ? '=cmd' : null };
  }
}
