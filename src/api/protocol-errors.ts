import type { Socket } from 'node:net';
import type { ConnectionError } from 'fastify';
import { AppError } from '#kernel/errors.ts';
import { newId } from '#kernel/ids.ts';
import { mebibyte } from '#kernel/units.ts';
import { drain } from './plugins/drain-refused-bodies.ts';
import { rawProblemResponse } from './problem-details.ts';

const maxDrainBytes = 4 * mebibyte;

/** Answers what is not even HTTP (or too much of it) with a problem document, then closes the connection. */
export function answerProtocolError(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  // After a broken request nothing on this connection can be understood; what still comes goes past the parser.
  socket.removeAllListeners('data');
  drain(socket, maxDrainBytes);
  socket.once('end', () => socket.destroySoon());
  socket.end(rawProblemResponse(protocolFault(error), newId(), !beganWithHead(error)));
}

/** As far as can be said: what could not be read is only there as bytes. */
function beganWithHead({ rawPacket }: { readonly rawPacket?: unknown }): boolean {
  return Buffer.isBuffer(rawPacket) && rawPacket.subarray(0, 5).toString('latin1') === 'HEAD ';
}

function protocolFault(error: ConnectionError): AppError {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return new AppError('HEADERS_TOO_LARGE', 'The request line and headers are larger than 16 KiB together.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new AppError('REQUEST_TIMEOUT', 'The request did not arrive in time. Send it again.');
    default:
      return new AppError('BAD_REQUEST', 'The request is not valid HTTP/1.1.');
  }
}
