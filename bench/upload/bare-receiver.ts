import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

// The least that a receiver can do: bytes into a file, and the file onto the disk. `bare-receiver.ts <dir>`

const [dir = '.'] = process.argv.slice(2);
let files = 0;
const server = createServer(async (request, response) => {
  const file = await open(join(dir, String(files++)), 'w');
  for await (const chunk of request as AsyncIterable<Buffer>) await file.write(chunk);
  await file.sync();
  await file.close();
  response.writeHead(201).end();
});
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
