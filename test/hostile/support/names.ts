/** By name: its addresses, one after the other for one question each; `a,b` is both at once. */
export type Names = Map<string, string[]>;

const headerBytes = 12;

/**
 * The answer of a name server that says another thing each time it is asked.
 *
 * @returns undefined for what is no question
 * @see RFC 1035, section 4.1
 */
export function answerDns(question: Buffer, names: Names): Buffer | undefined {
  if (question.length < headerBytes + 5) return undefined;
  const labels: string[] = [];
  let at = headerBytes;
  for (let length = question.readUInt8(at); length > 0; length = question.readUInt8(at)) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = question.readUInt16BE(at + 1);
  const asked = question.subarray(headerBytes, at + 5);
  const addresses = type === 1 ? nextOf(names.get(labels.join('.').toLowerCase())) : [];
  const header = Buffer.alloc(headerBytes);
  question.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  return Buffer.concat([header, asked, ...addresses.map(addressRecord)]);
}

function nextOf(steps: string[] | undefined): string[] {
  if (steps === undefined) return [];
  const now = steps.length > 1 ? steps.shift() : steps[0];
  return now?.split(',') ?? [];
}

/** Of the name that was asked for, to be forgotten at once. */
function addressRecord(address: string): Buffer {
  const record = Buffer.from('c00c00010001000000000004', 'hex');
  return Buffer.concat([record, Buffer.from(address.split('.').map(Number))]);
}
