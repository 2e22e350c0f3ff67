import type { AuditEntry } from '#audit/audit.ts';
import { kibibyte } from '#kernel/units.ts';
import { type AuditEntryJson, toAuditJson } from './audit-json.ts';

const pieceLength = 64 * kibibyte;

/** RFC 4180, in pieces. */
export function auditCsv(entries: AsyncIterable<AuditEntry>): AsyncGenerator<string> {
  return inPieces(rowsOf(entries));
}

/** One JSON array, an entry on a line, in pieces. */
export function auditJson(entries: AsyncIterable<AuditEntry>): AsyncGenerator<string> {
  return inPieces(membersOf(entries));
}

const columns: readonly (readonly [string, (entry: AuditEntryJson) => string | number | null | undefined])[] = [
  ['number', ({ number }) => number],
  ['id', ({ id }) => id],
  ['at', ({ at }) => at],
  ['action', ({ action }) => action],
  ['by kind', ({ by }) => by?.kind],
  ['by id', ({ by }) => by?.id],
  ['by name', ({ by }) => by?.name],
  ['subject kind', ({ subject }) => subject?.kind],
  ['subject id', ({ subject }) => subject?.id],
  ['before', ({ before }) => before && JSON.stringify(before)],
  ['after', ({ after }) => after && JSON.stringify(after)],
  ['address', ({ origin }) => origin?.ip],
  ['user agent', ({ origin }) => origin?.userAgent],
  ['request', ({ origin }) => origin?.requestId],
  ['erased', ({ erased }) => (erased ? 'yes' : '')],
];

async function* rowsOf(entries: AsyncIterable<AuditEntry>): AsyncGenerator<string> {
  yield `${columns.map(([title]) => csvCell(title)).join(',')}\r\n`;
  for await (const entry of entries) {
    const json = toAuditJson(entry);
    yield `${columns.map(([, of]) => csvCell(of(json))).join(',')}\r\n`;
  }
}

async function* membersOf(entries: AsyncIterable<AuditEntry>): AsyncGenerator<string> {
  let before = '[\n';
  for await (const entry of entries) {
    yield `${before}${JSON.stringify(toAuditJson(entry))}`;
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

/**
 * What a spreadsheet would take for a formula, also in the wide characters of East Asian keyboards, gets an apostrophe in
 * front, which it does not show.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvCell(value: string | number | null | undefined): string {
  const text = String(value ?? '');
  const harmless = typeof value === 'string' && /^[\s]*[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(harmless) || harmless !== text ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

async function* inPieces(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let piece = '';
  for await (const line of lines) {
    piece += line;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}
