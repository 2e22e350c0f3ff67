import { createSocket } from 'node:dgram';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { type StartedServer, startServerProgram } from '../../support/program.ts';
import type { InsideAnswer, InsideQuestion, InsideStart, Traffic } from './messages.ts';
import { answerDns, type Names } from './names.ts';
import { publish, showPage } from './pages.ts';

/**
 * The program of a network and of mounts of its own, in which the server under test runs: every address of the world
 * is this machine, the kernel counts every connection that anybody in it begins, and /tmp is nobody else's.
 */

let program: StartedServer | undefined;
/** Connections that we ourselves begin, on behalf of the test. */
let relayed = 0;
const reached: string[] = [];
const names: Names = new Map();

process.on('message', (message: InsideStart | InsideQuestion) => {
  void answer(message).catch((error: Error) => send({ failed: String(error.stack ?? error) }));
});
process.once('disconnect', () => {
  program?.process.kill('SIGKILL');
  process.exit();
});

async function answer(message: InsideStart | InsideQuestion): Promise<void> {
  if ('start' in message) {
    const { socketPath, cwd, env, args = [] } = message.start;
    startInternet();
    program = await startServerProgram(args, { cwd, env });
    await listenAt(socketPath, Number(new URL(program.address).port));
    send({ address: program.address });
  } else if ('names' in message) {
    for (const [name, addresses] of Object.entries(message.names)) names.set(name, [...addresses]);
    send({});
  } else if ('publish' in message) {
    publish(message.publish.path, message.publish.text);
    send({});
  } else if ('stop' in message) {
    send({ code: await program?.stop() });
  } else {
    send({ traffic: traffic(), temporary: readdirSync('/tmp').sort(), reached: reached.splice(0) });
  }
}

function send(message: InsideAnswer): void {
  process.send?.(message);
}

/** What comes in at the socket goes to the server. */
async function listenAt(path: string, port: number): Promise<void> {
  const relay = createServer({ allowHalfOpen: true }, (near) => {
    relayed += 1;
    const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    join(near, far);
    join(far, near);
  });
  await new Promise<void>((resolve) => relay.listen(path, resolve));
  process.once('exit', () => rmSync(path, { force: true }));
}

function join(from: Socket, to: Socket): void {
  from.pipe(to);
  from.on('error', () => to.destroy());
  from.on('close', (hadError) => hadError && to.destroy());
}

/** Servers at every address: whoever is reached at one says so. */
function startInternet(): void {
  const web = (port: number) =>
    createHttpServer((request, response) => {
      response.on('error', () => {});
      showPage(request, response);
    })
      .on('connection', ({ localAddress }) => reached.push(`${localAddress}:${port}`))
      .listen(port, '0.0.0.0');
  for (const port of [80, 8080]) web(port);
  for (const port of [22, 6379, 443]) {
    createServer((socket) => {
      reached.push(`${socket.localAddress}:${port}`);
      socket.destroy();
    }).listen(port, '0.0.0.0');
  }
  const dns = createSocket('udp4', (question, { port, address }) => {
    const said = answerDns(question, names);
    if (said !== undefined) dns.send(said, port, address);
  });
  dns.bind(53, '127.0.0.53');
}

/** What the kernel counted in this network, our own part taken off. */
function traffic(): Traffic {
  const snmp = readFileSync('/proc/net/snmp', 'utf8');
  const udp6 = /^Udp6OutDatagrams\s+(\d+)/m.exec(readFileSync('/proc/net/snmp6', 'utf8'))?.[1] ?? '0';
  return {
    connections: counter(snmp, 'Tcp', 'ActiveOpens') - relayed,
    datagrams: counter(snmp, 'Udp', 'OutDatagrams') + Number(udp6),
    unroutable: counter(snmp, 'Ip', 'OutNoRoutes'),
  };
}

function counter(snmp: string, protocol: string, name: string): number {
  const [names = [], values = []] = snmp
    .split('\n')
    .filter((line) => line.startsWith(`${protocol}: `))
    .map((line) => line.split(' '));
  return Number(values[names.indexOf(name)]);
}
