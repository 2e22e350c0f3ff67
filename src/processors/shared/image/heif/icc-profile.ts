/** Where red, green and blue lie, as CIE x and y. White is D65 in all of them. */
type Primaries = readonly [
  red: readonly [number, number],
  green: readonly [number, number],
  blue: readonly [number, number],
];

/** By their number in ITU-T H.273, table 2. Those of sRGB (1), and of television that came before it, need no profile. */
const primariesByCode: Readonly<Record<number, Primaries>> = {
  9: [
    [0.708, 0.292],
    [0.17, 0.797],
    [0.131, 0.046],
  ],
  12: [
    [0.68, 0.32],
    [0.265, 0.69],
    [0.15, 0.06],
  ],
};

const d65 = [0.3127, 0.329] as const;
/** From D65 to the D50 of ICC profiles, by Bradford's method. */
const bradford = [
  [1.047_811_2, 0.022_886_6, -0.050_127],
  [0.029_542_4, 0.990_484_4, -0.017_049_1],
  [-0.009_234_5, 0.015_043_6, 0.752_131_6],
] as const;

/**
 * The ICC profile of a picture that names its colours by number only (nclx), with the curve of sRGB, which every
 * program uses for pictures of the BT.709 family too.
 *
 * @param primaries ITU-T H.273, table 2
 * @returns undefined when it is sRGB already, or is taken for it
 * @see ICC.1:2022, sections 8.3.3 and 10.18; http://www.brucelindbloom.com, RGB/XYZ matrices
 */
export function iccProfileFor(primaries: number): Buffer | undefined {
  const known = primariesByCode[primaries];
  if (known === undefined) return undefined;
  const [red, green, blue] = columnsToD50(known);
  const curve = parametricCurve([2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.040_45]);
  return profile([
    ['desc', text('RGB')],
    ['cprt', text('CC0')],
    ['wtpt', xyz([0.9642, 1, 0.8249])],
    ['rXYZ', xyz(red)],
    ['gXYZ', xyz(green)],
    ['bXYZ', xyz(blue)],
    ['rTRC', curve],
    ['gTRC', curve],
    ['bTRC', curve],
  ]);
}

type Triple = readonly [number, number, number];

/** XYZ of pure red, green and blue, such that together they are white. */
function columnsToD50(primaries: Primaries): readonly [Triple, Triple, Triple] {
  const [r, g, b] = primaries.map(([x, y]) => [x / y, 1, (1 - x - y) / y] as Triple) as [Triple, Triple, Triple];
  const white: Triple = [d65[0] / d65[1], 1, (1 - d65[0] - d65[1]) / d65[1]];
  // Cramer's rule: how much of each makes white.
  const whole = determinant(r, g, b);
  const shares: Triple = [
    determinant(white, g, b) / whole,
    determinant(r, white, b) / whole,
    determinant(r, g, white) / whole,
  ];
  return [adapt(scaled(r, shares[0])), adapt(scaled(g, shares[1])), adapt(scaled(b, shares[2]))];
}

function determinant(a: Triple, b: Triple, c: Triple): number {
  return a[0] * (b[1] * c[2] - b[2] * c[1]) - b[0] * (a[1] * c[2] - a[2] * c[1]) + c[0] * (a[1] * b[2] - a[2] * b[1]);
}

function scaled([x, y, z]: Triple, by: number): Triple {
  return [x * by, y * by, z * by];
}

function adapt([x, y, z]: Triple): Triple {
  return bradford.map(([a, b, c]) => a * x + b * y + c * z) as unknown as Triple;
}

function profile(tags: readonly (readonly [signature: string, data: Buffer])[]): Buffer {
  const tableBytes = 4 + 12 * tags.length;
  const header = Buffer.alloc(128);
  const table = Buffer.alloc(tableBytes);
  table.writeUInt32BE(tags.length);
  let at = header.length + tableBytes;
  for (const [index, [signature, data]] of tags.entries()) {
    table.write(signature, 4 + 12 * index, 'latin1');
    table.writeUInt32BE(at, 8 + 12 * index);
    table.writeUInt32BE(data.length, 12 + 12 * index);
    at += data.length;
  }
  header.writeUInt32BE(at);
  header.writeUInt32BE(0x04_40_00_00, 8);
  header.write('mntrRGB XYZ ', 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  xyz([0.9642, 1, 0.8249]).copy(header, 68, 8);
  return Buffer.concat([header, table, ...tags.map(([, data]) => data)]);
}

function xyz(values: Triple): Buffer {
  return Buffer.concat([Buffer.from('XYZ \0\0\0\0'), ...values.map(fixed)]);
}

function parametricCurve(values: readonly number[]): Buffer {
  return Buffer.concat([Buffer.from('para\0\0\0\0\0\x03\0\0'), ...values.map(fixed)]);
}

/** One string in English: a multi-localised text of one record. */
function text(value: string): Buffer {
  const utf16 = Buffer.from(value, 'utf16le').swap16();
  const record = Buffer.from('mluc\0\0\0\0\0\0\0\x01\0\0\0\x0cenUS\0\0\0\0\0\0\0\x1c', 'latin1');
  record.writeUInt32BE(utf16.length, 20);
  return Buffer.concat([record, utf16, Buffer.alloc((4 - (utf16.length % 4)) % 4)]);
}

/** s15Fixed16Number */
function fixed(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(Math.round(value * 65_536));
  return bytes;
}
