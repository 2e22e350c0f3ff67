import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { expectedColumns } from '#database/test-columns/expected-columns.ts';
import { ownedTables } from './data-map.ts';

// What the tables have is held to the database by the contract of databases.
const columns: Readonly<Record<string, Readonly<Record<string, string>>>> = expectedColumns;

test('docs/privacy.md says of every table what it has of persons, and of no other', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/privacy.md'), 'utf8');
  const tables = page.slice(page.indexOf('### Tables'), page.indexOf('### Elsewhere'));
  const lines = tables.split('\n').flatMap((line) => {
    const [table, ...cells] = line
      .split('|')
      .map((cell) => cell.trim())
      .filter(Boolean);
    return table?.startsWith('`') ? [{ table: table.replaceAll('`', ''), cells }] : [];
  });
  assert.deepEqual(lines.map(({ table }) => table).sort(), Object.keys(columns).sort());
  for (const { table, cells } of lines) assert.equal(cells.length, 5, `${table}: a cell is empty`);
});

/** How a column says that a row is somebody's. */
const ofPerson = ['person_id', 'owner_id', 'user_id'];
/** Kept beyond an erasure, without whose it was or with nothing but a hash; or not of those who are erased. */
const kept = ['audit_outbox', 'audit_entries', 'erasures'];

test('every table with rows of persons or tenants is one that copies and erasures know', () => {
  const known = new Map(ownedTables.map((owned) => [owned.table as string, owned]));
  for (const [table, its] of Object.entries(columns)) {
    if (kept.includes(table)) continue;
    const owned = known.get(table);
    if ('tenant_id' in its) assert.ok(owned?.tenant, `${table} has rows of tenants`);
    if (ofPerson.some((name) => name in its)) assert.ok(owned?.person, `${table} has rows of persons`);
  }
});

test('columns that a copy leaves out are there, and no secret is left in', () => {
  for (const { table, hidden, key } of ownedTables) {
    const its = Object.keys(columns[table] ?? {});
    for (const name of key) assert.ok(its.includes(name), `${table}.${name}`);
    if (hidden === 'all') continue;
    for (const name of hidden) assert.ok(its.includes(name), `${table}.${name}`);
    const told = its.filter((name) => !hidden.includes(name));
    assert.deepEqual(
      told.filter((name) => /(secret|password|token|hash|codes)$/.test(name)),
      [],
      table,
    );
  }
});

test('who refers to a row is removed before it', () => {
  const at = new Map(ownedTables.map(({ table }, index) => [table as string, index]));
  const references = [
    ['shares', 'jobs'],
    ['jobs', 'batches'],
    ['webhook_deliveries', 'webhook_endpoints'],
    ['assets', 'pipelines'],
    ['members', 'tenants'],
    ['sessions', 'people'],
  ] as const;
  for (const [referring, referred] of references) {
    assert.ok((at.get(referring) ?? 99) < (at.get(referred) ?? -1), `${referring} before ${referred}`);
  }
  assert.equal(ownedTables.at(-1)?.table, 'tenants');
});
