import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server that can be shut: as when it restarts, or the network goes. */
export interface Door {
  /** The server's URL through this door. */
  readonly url: string;
  /** Ends every connection and takes no more. */
  shut(): Promise<void>;
  /** Keeps every connection and passes nothing on: the network takes all and gives nothing. */
  stall(): void;
  /** Lets connections through again, at the same address, and what was held back. */
  open(): Promise<void>;
}

export async function openDoor(serverUrl: string): Promise<Door> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  /** The near ends and their far ones. */
  const pairs = new Map<Socket, Socket>();
  let stalled = false;
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    pairs.set(near, far);
    near.once('close', () => pairs.delete(near));
    if (!stalled) near.pipe(far).pipe(near);
  });
  let port = 0;
  const stall = () => {
    stalled = true;
    for (const [near, far] of pairs) {
      near.unpipe(far).pause();
      far.unpipe(near).pause();
    }
  };
  const open = async () => {
    if (stalled) for (const [near, far] of pairs) near.pipe(far).pipe(near);
    stalled = false;
    if (server.listening) return;
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  };
  const shut = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await open();
  const url = new URL(serverUrl);
  url.hostname = '127.0.0.1';
  url.port = `${port}`;
  return { url: url.href, shut, stall, open };
}
