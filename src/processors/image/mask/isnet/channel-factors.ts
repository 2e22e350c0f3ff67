import type { Node } from '#processors/shared/onnx/graph.ts';
import { type Calibration, ceilingsOf } from './calibration.ts';
import type { IsnetCore } from './float-graph.ts';

/** By how much each channel of a tensor is divided, so that all channels use their 8 bits about equally. */
export interface ChannelFactors {
  /** One factor for each channel of the named tensor. */
  of(name: string): readonly number[];
}

interface Channel {
  ceiling: number;
  factor: number;
  /** Channels that are summed with each other must share one factor. */
  sameAs?: Channel;
}

/** Half of a channel's imbalance goes into the activations, half into the next layer's weights. */
const balance = 0.5;
/** A channel that is nearly always zero is not blown up without bound. */
const smallestShare = 1e-3;

/**
 * Chooses the factors.
 *
 * A rectified channel may be divided by any positive number if the weights that read it are multiplied by the
 * same: the function stays the same, but a channel that reaches 2 no longer shares its 8 bits with one that
 * reaches 200. Pooling and enlarging keep channels, concatenation lines them up, sums tie them together.
 *
 * @param fullScale what the highest stored value stands for, after division
 * @see Nagel et al. 2019, "Data-Free Quantization Through Weight Equalization"; Xiao et al. 2023, "SmoothQuant"
 */
export function balanceChannels(core: IsnetCore, calibration: Calibration, fullScale: number): ChannelFactors {
  const channels = new Map<string, readonly Channel[]>();
  channels.set(core.inputName, [fixedChannel(), fixedChannel(), fixedChannel()]);
  for (const node of core.nodes) channels.set(node.outputs[0] as string, channelsAfter(node, channels, calibration));

  const settled = new Set<Channel>();
  for (const node of core.nodes) {
    if (node.op !== 'Relu' && node.op !== 'Add') continue;
    const own = (channels.get(node.outputs[0] as string) ?? []).map(representative);
    if (own.some((channel) => settled.has(channel))) continue;
    const highest = Math.max(...own.map((channel) => channel.ceiling));
    for (const channel of own) {
      const share = Math.max(smallestShare, channel.ceiling / highest);
      channel.factor = (share ** balance * highest) / fullScale;
      settled.add(channel);
    }
  }
  return { of: (name) => (channels.get(name) ?? []).map((channel) => representative(channel).factor) };
}

function channelsAfter(
  node: Node,
  channels: ReadonlyMap<string, readonly Channel[]>,
  calibration: Calibration,
): readonly Channel[] {
  const output = node.outputs[0] as string;
  const inputs = node.inputs.map((name) => channels.get(name) ?? []);
  if (node.op === 'Concat') return inputs.flat();
  if (node.op === 'Conv') return Array.from({ length: calibration.channelCount(output) }, fixedChannel);
  if (node.op !== 'Relu' && node.op !== 'Add') return inputs[0] ?? [];

  const own = ceilingsOf(calibration, output).map((ceiling): Channel => ({ ceiling, factor: 1 }));
  if (node.op === 'Add')
    for (const operand of inputs) for (const [index, channel] of operand.entries()) tie(channel, own[index] as Channel);
  return own;
}

/** For what is not rectified: the picture, the first convolution and the logits keep their values. */
function fixedChannel(): Channel {
  return { ceiling: 1, factor: 1 };
}

function tie(channel: Channel, other: Channel): void {
  const from = representative(channel);
  const to = representative(other);
  if (from === to) return;
  to.ceiling = Math.max(to.ceiling, from.ceiling);
  from.sameAs = to;
}

function representative(channel: Channel): Channel {
  let current = channel;
  while (current.sameAs) current = current.sameAs;
  return current;
}
