const width = 24;
const redrawMs = 100;

export interface Progress {
  /** @param done items finished, and parts of items: 3.5 of `total` */
  update(done: number): void;
  /** Writes a line above the bar, to any stream. */
  line(stream: NodeJS.WritableStream, text: string): void;
  /** Removes the bar. */
  end(): void;
}

/** A bar with rate and remaining time; nothing at all where nobody watches. */
export function createProgress(total: number, stream: NodeJS.WriteStream = process.stderr): Progress {
  const watched = stream.isTTY;
  const startedMs = performance.now();
  let drawnMs = 0;
  let latest = '';

  function draw(text: string): void {
    if (watched && text !== latest) stream.write(`\r\x1b[2K${text}`);
    latest = text;
  }

  return {
    update(done) {
      const nowMs = performance.now();
      if (!watched || nowMs - drawnMs < redrawMs) return;
      drawnMs = nowMs;
      draw(barText(done, total, (nowMs - startedMs) / 1000));
    },
    line(target, text) {
      const bar = latest;
      draw('');
      target.write(`${text}\n`);
      draw(bar);
    },
    end: () => draw(''),
  };
}

/** `[######------------------] 10/40  52 per minute, about 35 s left` */
export function barText(done: number, total: number, seconds: number): string {
  const fraction = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.floor(fraction * width);
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}] ${Math.floor(done)}/${total}`;
  if (done < 0.05 || seconds < 1) return bar;
  const left = (seconds / done) * (total - done);
  return `${bar}  ${perMinute(done, seconds)} per minute, about ${duration(left)} left`;
}

export function perMinute(count: number, seconds: number): string {
  const rate = (count / seconds) * 60;
  return rate >= 10 ? String(Math.round(rate)) : rate.toFixed(1);
}

/** `42 s`, `3 min 20 s`, `2 h 5 min` */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
