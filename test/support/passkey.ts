import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A key on a device, as WebAuthn has it: makes one passkey and signs in with it. */
export interface TestPasskey {
  /** @param options of `navigator.credentials.create` */
  create(options: { challenge: string; rp: { id: string } }): object;
  /** @param options of `navigator.credentials.get` @param unlocked whether its owner has shown that it is them */
  get(options: { challenge: string; rpId: string }, unlocked?: boolean): object;
}

const userPresent = 0x01;
const userVerified = 0x04;
const attestedData = 0x40;

/** @param origin of the page that asks @see W3C Web Authentication, level 3, sections 6.1, 6.5 and 7 */
export function testPasskey(origin: string): TestPasskey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(16);
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  let counter = 0;

  const clientData = (type: string, challenge: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  function authenticatorData(rpId: string, flags: number, attested = Buffer.alloc(0)): Buffer {
    const head = Buffer.alloc(5);
    head.writeUInt8(flags);
    head.writeUInt32BE(++counter, 1);
    return Buffer.concat([sha256(rpId), head, attested]);
  }

  return {
    create({ challenge, rp }) {
      const coseKey = cborMap([
        [cborInteger(1), cborInteger(2)],
        [cborInteger(3), cborInteger(-7)],
        [cborInteger(-1), cborInteger(1)],
        [cborInteger(-2), cborBytes(Buffer.from(x, 'base64url'))],
        [cborInteger(-3), cborBytes(Buffer.from(y, 'base64url'))],
      ]);
      const length = Buffer.from([id.length >> 8, id.length & 0xff]);
      const attested = Buffer.concat([Buffer.alloc(16), length, id, coseKey]);
      const authData = authenticatorData(rp.id, userPresent | userVerified | attestedData, attested);
      const attestationObject = cborMap([
        [cborText('fmt'), cborText('none')],
        [cborText('attStmt'), cborMap([])],
        [cborText('authData'), cborBytes(authData)],
      ]);
      return credential({
        clientDataJSON: base64url(clientData('webauthn.create', challenge)),
        attestationObject: base64url(attestationObject),
        transports: ['internal'],
      });
    },

    get({ challenge, rpId }, unlocked = true) {
      const authData = authenticatorData(rpId, userPresent | (unlocked ? userVerified : 0));
      const client = clientData('webauthn.get', challenge);
      const signature = sign('sha256', Buffer.concat([authData, sha256(client)]), privateKey);
      return credential({
        clientDataJSON: base64url(client),
        authenticatorData: base64url(authData),
        signature: base64url(signature),
      });
    },
  };

  function credential(response: object): object {
    return { id: base64url(id), rawId: base64url(id), type: 'public-key', clientExtensionResults: {}, response };
  }
}

function sha256(of: string | Buffer): Buffer {
  return createHash('sha256').update(of).digest();
}

function base64url(bytes: Buffer): string {
  return bytes.toString('base64url');
}

/** @see RFC 8949, section 3 */
function cborHead(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  if (value < 256) return Buffer.from([(major << 5) | 24, value]);
  return Buffer.from([(major << 5) | 25, value >> 8, value & 0xff]);
}

function cborInteger(value: number): Buffer {
  return value >= 0 ? cborHead(0, value) : cborHead(1, -1 - value);
}

function cborBytes(bytes: Buffer): Buffer {
  return Buffer.concat([cborHead(2, bytes.length), bytes]);
}

function cborText(text: string): Buffer {
  return Buffer.concat([cborHead(3, Buffer.byteLength(text)), Buffer.from(text)]);
}

function cborMap(entries: readonly (readonly [Buffer, Buffer])[]): Buffer {
  return Buffer.concat([cborHead(5, entries.length), ...entries.flat()]);
}
