import type { IncomingMessage, ServerResponse } from 'node:http';
import { blackPng } from '../../support/media-builders.ts';

/** The web, as somebody with bad intentions has set it up; each address of it answers alike. */
export function showPage(request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://any');
  const text = published.get(pathname);
  if (text !== undefined) return void response.setHeader('content-type', 'application/json').end(text);
  const page = pages[pathname] ?? (() => void response.writeHead(404).end());
  page(response, searchParams);
}

const published = new Map<string, string>();

export function publish(path: string, text: string): void {
  published.set(path, text);
}

const pages: Readonly<Record<string, (response: ServerResponse, query: URLSearchParams) => void>> = {
  '/a.png': (response) => void response.end(blackPng(40, 30)),
  '/to': (response, query) => void response.writeHead(302, { location: query.get('url') ?? '' }).end(),
  '/endless': (response) => {
    const chunk = Buffer.alloc(65_536);
    const write = () => {
      while (!response.destroyed && response.write(chunk));
      response.once('drain', write);
    };
    write();
  },
  '/drip': (response) => {
    response.write(blackPng(40, 30).subarray(0, 20));
    const timer = setInterval(() => response.write('\0'), 500);
    response.once('close', () => clearInterval(timer));
  },
};
