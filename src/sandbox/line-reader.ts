import type { Readable } from 'node:stream';

/**
 * Calls back for each line of a stream that nobody trusts: lines are cut at `maxChars`, and a line without an end
 * takes no more memory than that.
 */
export function readLines(stream: Readable, maxChars: number, onLine: (line: string) => void): void {
  let rest = '';
  let cutting = false;
  const emit = (): void => {
    if (!cutting && rest.trim() !== '') onLine(rest);
    rest = '';
  };
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = chunk.split('\n');
    for (const [index, line] of lines.entries()) {
      if (index > 0) {
        emit();
        cutting = false;
      }
      if (cutting) continue;
      rest += line.slice(0, maxChars - rest.length);
      if (rest.length < maxChars) continue;
      emit();
      cutting = true;
    }
  });
  stream.on('end', emit);
  stream.on('error', () => {}); // the process is gone; its exit says why
}
