import type { MeasureSetup } from '#processors/shared/audio/measure.ts';
import type { Place, Silence } from '../analysis.ts';
import type { Hop } from '../hops.ts';
import { createPlaceList } from '../place-list.ts';

/** −70 dBFS. */
const level = 10 ** (-70 / 20);
const shortestSeconds = 0.5;
const mostStretches = 1_000;

/**
 * Stretches of half a second and more in which no sample of any channel reaches −70 dBFS, to the sample; the longest
 * thousand.
 */
export function createSilenceMeter({ dsp, format }: MeasureSetup) {
  const stretches = createPlaceList<Place>(mostStretches, ({ startSeconds, endSeconds }) => endSeconds - startSeconds);
  /** Where the current stretch began; in sound, `undefined`. */
  let silentFrom: number | undefined = 0;
  let [endFrame, framesBefore] = [0, 0];

  function close(frame: number): void {
    const [startSeconds, endSeconds] = [(silentFrom ?? frame) / format.sampleRateHz, frame / format.sampleRateHz];
    silentFrom = undefined;
    if (endSeconds - startSeconds >= shortestSeconds) stretches.add({ startSeconds, endSeconds });
  }

  const isLoud = (sample: number) => Math.abs(sample) >= level;

  return {
    /** @param peak of the hop over all channels. The hop before can be read before it. */
    add({ startFrame, frames, pointers }: Hop, peak: number): void {
      if (peak >= level && silentFrom !== undefined) {
        const firsts = pointers.map((pointer) => dsp.floats(pointer, frames).findIndex(isLoud));
        close(startFrame + Math.min(...firsts.filter((first) => first >= 0)));
      } else if (peak < level && silentFrom === undefined) {
        const lasts = pointers.map((pointer) =>
          dsp.floats(pointer - framesBefore * 4, framesBefore).findLastIndex(isLoud),
        );
        silentFrom = startFrame - framesBefore + Math.max(...lasts) + 1;
      }
      endFrame = startFrame + frames;
      framesBefore = frames;
    },
    result(): readonly Silence[] {
      close(endFrame);
      const end = endFrame / format.sampleRateHz;
      return stretches.inOrder().map((place) => ({ ...place, where: where(place, end) }));
    },
  };
}

function where({ startSeconds, endSeconds }: Place, end: number): Silence['where'] {
  if (startSeconds === 0) return endSeconds === end ? 'all' : 'start';
  return endSeconds === end ? 'end' : 'middle';
}
