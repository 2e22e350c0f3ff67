import { between, type Random } from '../random.ts';
import { sampleRateHz } from './piece.ts';
import type { DrumSound } from './styles.ts';

export interface DrumSample {
  readonly samples: Float32Array;
  /** 0 left … 1 right. */
  readonly pan: number;
}

/**
 * A kit of its own for each seed: shells of different sizes, hats from dark to sizzling, short and ringing. Shells have a
 * pitch of their own that has nothing to do with the key.
 */
export function createDrumKit(random: Random): Readonly<Record<DrumSound, DrumSample>> {
  const vary = (low: number, high: number) => between(random, low, high);
  const hatPan = vary(0.25, 0.75);
  const hatHz = vary(4500, 9000);
  const snareHz = vary(160, 240);
  return {
    kick: { pan: 0.5, samples: shell(random, vary(0.18, 0.4), vary(42, 62), vary(2, 5), vary(0.05, 0.3)) },
    snare: {
      pan: 0.5,
      samples: mixed(shell(random, 0.16, snareHz, 1.4, 0.1), noise(random, vary(0.12, 0.25), 1500, 0.9)),
    },
    clap: { pan: vary(0.4, 0.6), samples: clap(random, vary(0.1, 0.25)) },
    rim: {
      pan: vary(0.3, 0.7),
      samples: mixed(shell(random, 0.05, vary(380, 900), 1.1, 0.2), noise(random, 0.02, 2500, 0.4)),
    },
    hat: { pan: hatPan, samples: noise(random, vary(0.03, 0.07), hatHz, vary(0.3, 0.6)) },
    openHat: { pan: hatPan, samples: noise(random, vary(0.2, 0.45), hatHz, vary(0.3, 0.5)) },
    ride: {
      pan: 1 - hatPan,
      samples: mixed(noise(random, vary(0.3, 0.6), 5500, 0.2), shell(random, 0.3, vary(2800, 4200), 1, 0)),
    },
    tom: { pan: vary(0.2, 0.8), samples: shell(random, 0.3, vary(80, 140), 1.5, 0.1) },
    shaker: { pan: vary(0.2, 0.8), samples: shaken(random, vary(0.05, 0.09)) },
    tamborim: { pan: vary(0.3, 0.8), samples: shell(random, 0.06, vary(600, 900), 1.15, 0.35) },
    surdo: { pan: 0.5, samples: shell(random, 0.5, vary(55, 75), 1.3, 0.04) },
  };
}

/** A skin: a falling tone and the click of the stick. */
function shell(random: Random, seconds: number, hz: number, sweep: number, click: number): Float32Array {
  const samples = new Float32Array(Math.round(seconds * 3 * sampleRateHz));
  let phase = 0;
  for (let i = 0; i < samples.length; i += 1) {
    const t = i / sampleRateHz;
    phase += (2 * Math.PI * hz * (1 + (sweep - 1) * Math.exp(-t / 0.025))) / sampleRateHz;
    const stick = click * (random() * 2 - 1) * Math.exp(-t / 0.003);
    samples[i] = 0.9 * Math.sin(phase) * Math.exp((-3 * t) / seconds) + stick;
  }
  return samples;
}

/** Noise above a frequency, decaying. */
function noise(random: Random, seconds: number, aboveHz: number, level: number): Float32Array {
  const samples = new Float32Array(Math.round(seconds * 2.5 * sampleRateHz));
  const keep = Math.exp((-2 * Math.PI * aboveHz) / sampleRateHz);
  let low = 0;
  let lower = 0;
  for (let i = 0; i < samples.length; i += 1) {
    const white = random() * 2 - 1;
    low = keep * low + (1 - keep) * white;
    const high = white - low;
    lower = keep * lower + (1 - keep) * high;
    samples[i] = level * (high - lower) * Math.exp((-3 * i) / sampleRateHz / seconds);
  }
  return samples;
}

/** Several hands, not quite together. */
function clap(random: Random, seconds: number): Float32Array {
  const one = noise(random, seconds, 900, 0.8);
  const samples = new Float32Array(one.length + 1500);
  for (const delay of [0, 450, 900, 1300])
    one.forEach((value, i) => {
      samples[i + delay] = (samples[i + delay] as number) + value * (delay === 1300 ? 1 : 0.5 * Math.exp(-i / 300));
    });
  return samples;
}

/** Grains that need some milliseconds to reach the wall: a soft attack. */
function shaken(random: Random, seconds: number): Float32Array {
  const samples = noise(random, seconds, 5000, 0.5);
  return samples.map((value, i) => value * (1 - Math.exp(-i / sampleRateHz / 0.012)));
}

function mixed(a: Float32Array, b: Float32Array): Float32Array {
  const [long, short] = a.length > b.length ? [a, b] : [b, a];
  return long.map((value, i) => value + (short[i] ?? 0));
}
