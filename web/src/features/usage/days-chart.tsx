import { useLingui } from '@lingui/react/macro';
import classes from './days-chart.module.css';

interface Props {
  /** What it is a picture of; the numbers stand in a table beside it. */
  readonly label: string;
  readonly bars: readonly { readonly label: string; readonly value: number }[];
}

const heightUnits = 100;
const barUnits = 10;
const gapUnits = 3;

/** A bar for each day, as high as its share of the highest. */
export function DaysChart({ label, bars }: Props) {
  const { i18n } = useLingui();
  const number = new Intl.NumberFormat(i18n.locale, { maximumFractionDigits: 1 });
  const most = Math.max(...bars.map(({ value }) => value), 0);
  const widthUnits = bars.length * (barUnits + gapUnits);
  return (
    <figure className={classes.figure}>
      <div className={classes.plot}>
        <span className={classes.most}>{number.format(most)}</span>
        <svg viewBox={`0 0 ${widthUnits} ${heightUnits}`} preserveAspectRatio="none" role="img" aria-label={label}>
          {bars.map(({ label: day, value }, at) => {
            const height = most === 0 ? 0 : (value / most) * heightUnits;
            return (
              <g key={day}>
                <title>{`${day}: ${number.format(value)}`}</title>
                <rect
                  className={classes.place}
                  x={at * (barUnits + gapUnits)}
                  width={barUnits + gapUnits}
                  height={heightUnits}
                />
                <rect
                  className={classes.bar}
                  x={at * (barUnits + gapUnits) + gapUnits / 2}
                  y={heightUnits - height}
                  width={barUnits}
                  height={height}
                />
              </g>
            );
          })}
        </svg>
      </div>
      <figcaption className={classes.days} aria-hidden>
        <span>{bars[0]?.label}</span>
        <span>{bars.length > 2 && bars[Math.floor(bars.length / 2)]?.label}</span>
        <span>{bars.length > 1 && bars.at(-1)?.label}</span>
      </figcaption>
    </figure>
  );
}
