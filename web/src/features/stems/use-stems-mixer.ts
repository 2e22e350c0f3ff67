import { useEffect, useState } from 'react';
import { createMixer, decodeAll, type Mixer } from '../audio/player/mixer.ts';
import type { Peaks } from '../audio/player/wave.tsx';
import { bufferPeaks } from './buffer-peaks.ts';

export interface StemSource {
  readonly id: string;
  readonly url: string;
}

export interface LoadedStems {
  readonly mixer: Mixer;
  readonly peaks: ReadonlyMap<string, Peaks>;
}

/**
 * Fetches and decodes all stems, and sets them on one clock.
 *
 * @param sources must stay the same object while they are the same
 */
export function useStemsMixer(sources: readonly StemSource[]) {
  const [loaded, setLoaded] = useState<LoadedStems>();
  const [done, setDone] = useState(0);
  const [error, setError] = useState<Error>();
  useEffect(() => {
    if (sources.length === 0) return;
    const stop = new AbortController();
    const context = new AudioContext();
    let mixer: Mixer | undefined;
    decodeAll(context, sources, stop.signal, setDone).then(
      (decoded) => {
        mixer = createMixer(context, decoded);
        const peaks = new Map(
          decoded.map(({ id, buffer }) => {
            const channels = Array.from({ length: buffer.numberOfChannels }, (_, at) => buffer.getChannelData(at));
            return [id, bufferPeaks(channels)];
          }),
        );
        setLoaded({ mixer, peaks });
      },
      (failure: Error) => {
        if (!stop.signal.aborted) setError(failure);
      },
    );
    return () => {
      stop.abort();
      if (mixer === undefined) void context.close();
      mixer?.close();
      setLoaded(undefined);
      setError(undefined);
    };
  }, [sources]);
  return { loaded, done, error };
}
