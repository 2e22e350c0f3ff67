import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useEffectEvent, useRef } from 'react';
import UPlot, { type AlignedData, type Options } from 'uplot';
import classes from './plot.module.css';

type PlotOptions = Omit<Options, 'width' | 'height'>;

interface Props {
  /** What the picture is of; its numbers stand in a table beside it. */
  readonly label: string;
  readonly data: AlignedData;
  /** Made anew for every drawing: colours by `ink('--accent')`. */
  readonly options: (ink: (variable: string) => string) => PlotOptions;
  readonly heightPx: number;
  /** Drawn anew when it changes, besides the data. */
  readonly version?: string;
}

/** A chart that is as wide as its place, in the colours of the page. */
export function Plot({ label, data, options, heightPx, version = '' }: Props) {
  const host = useRef<HTMLDivElement>(null);
  // To pause transitions, Mantine would write a style element, which the policy refuses.
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const make = useEffectEvent(options);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are those of the scheme, the options of the version
  useEffect(() => {
    const place = host.current;
    if (place === null) return;
    const style = getComputedStyle(place);
    const ink = (variable: string): string => style.getPropertyValue(variable).trim();
    const size = () => ({ width: Math.max(120, place.clientWidth), height: heightPx });
    const plot = new UPlot({ legend: { show: false }, ...make(ink), ...size() }, data, place);
    const watcher = new ResizeObserver(() => plot.setSize(size()));
    watcher.observe(place);
    return () => {
      watcher.disconnect();
      plot.destroy();
    };
  }, [data, heightPx, scheme, version]);

  return <div ref={host} className={classes.plot} role="img" aria-label={label} />;
}

/** What all axes share. */
export function axisLook(ink: (variable: string) => string) {
  return {
    stroke: ink('--ink-soft'),
    font: '11px system-ui, sans-serif',
    grid: { stroke: ink('--line'), width: 1 },
    ticks: { show: false },
    gap: 6,
  };
}
