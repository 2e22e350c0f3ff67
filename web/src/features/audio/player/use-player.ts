import { useEffect, useRef, useState } from 'react';
import { factorOf, matchedGainsDb } from '../matched-gains.ts';
import { createMixer, decodeAll, type Mixer } from './mixer.ts';
import { createStreamTransport } from './stream-transport.ts';
import type { Transport } from './transport.ts';

/** A recording that can be heard. */
export interface Heard {
  /** Address of what a browser can play; undefined while it is made. */
  readonly url: string | undefined;
  readonly durationSeconds: number;
  readonly integratedLufs: number | null;
}

export type Side = 'a' | 'b';

export interface Player {
  readonly transport: Transport | undefined;
  /** Which one is heard. */
  readonly side: Side;
  /** What stands between the wish to hear the other and hearing it. */
  readonly waiting: 'nothing' | 'loading' | 'failed' | 'too-long';
  /** How much each is turned down so that both are equally loud, dB. */
  readonly gainsDb: Readonly<Record<Side, number>>;
  readonly listenTo: (side: Side) => void;
}

/** Two recordings are held in memory to switch without a gap: so long may they be together. */
const mostSeconds = 30 * 60;

/**
 * Plays a recording, and a second one in step with it at the same loudness. Alone, it is played as it arrives; both are
 * fetched whole as soon as somebody wants to hear the other.
 *
 * @param b what it can be compared with
 */
export function usePlayer(a: Heard, b: Heard | undefined): Player {
  const [stream, setStream] = useState<Transport>();
  const [mixer, setMixer] = useState<Mixer>();
  const [side, setSide] = useState<Side>('a');
  const [wanted, setWanted] = useState(false);
  const [failed, setFailed] = useState(false);
  const [gainA = 0, gainB = 0] = matchedGainsDb([a.integratedLufs, b?.integratedLufs ?? a.integratedLufs]);
  const tooLong = b !== undefined && a.durationSeconds + b.durationSeconds > mostSeconds;
  const playing = useRef<Transport>(undefined);
  playing.current = mixer ?? stream;

  useEffect(() => {
    if (a.url === undefined) return;
    const opened = createStreamTransport(a.url, a.durationSeconds);
    setStream(opened);
    return () => {
      opened.close();
      setStream(undefined);
    };
  }, [a.url, a.durationSeconds]);

  useEffect(() => {
    if (!wanted || tooLong || a.url === undefined || b?.url === undefined) return;
    const stop = new AbortController();
    const context = new AudioContext();
    let opened: Mixer | undefined;
    const urls = [
      { id: 'a', url: a.url },
      { id: 'b', url: b.url },
    ];
    decodeAll(context, urls, stop.signal, () => {}).then(
      (sources) => {
        opened = createMixer(context, sources);
        const before = playing.current;
        opened.seek(before?.timeSeconds ?? 0);
        if (before?.playing) {
          before.pause();
          opened.play();
        }
        setMixer(opened);
      },
      () => {
        if (!stop.signal.aborted) setFailed(true);
      },
    );
    return () => {
      stop.abort();
      if (opened === undefined) void context.close();
      opened?.close();
      setMixer(undefined);
      setFailed(false);
    };
  }, [wanted, tooLong, a.url, b?.url]);

  useEffect(() => {
    mixer?.setGain('a', side === 'a' ? factorOf(gainA) : 0);
    mixer?.setGain('b', side === 'b' ? factorOf(gainB) : 0);
  }, [mixer, side, gainA, gainB]);

  return {
    transport: mixer ?? stream,
    side,
    waiting:
      !wanted || side === 'a' || mixer !== undefined ? 'nothing' : tooLong ? 'too-long' : failed ? 'failed' : 'loading',
    gainsDb: { a: gainA, b: gainB },
    listenTo(next) {
      setWanted(true);
      setSide(b === undefined ? 'a' : next);
    },
  };
}
