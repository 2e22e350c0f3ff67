import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { type Compliance, inLanguage, type Preset } from './catalogue.ts';
import classes from './compliance-line.module.css';

interface Props {
  readonly compliance: Compliance;
  readonly preset: Preset;
  /** Whether it is of the picture before, while the next is drawn. */
  readonly stale: boolean;
}

/** Whether the channel would take the picture, and if not, what is wrong by how much. */
export function ComplianceLine({ compliance: { passed, checks }, preset, stale }: Props) {
  const { i18n } = useLingui();
  const failed = checks.filter((check) => !check.passed);
  const { channel, source } = preset;
  return (
    <section className={classes.line} data-passed={passed} data-stale={stale || undefined} aria-live="polite">
      <p className={classes.verdict}>
        {passed ? <IconCircleCheck size={20} aria-hidden /> : <IconAlertTriangle size={20} aria-hidden />}
        {passed ? (
          <Trans>Meets the rules of {channel}</Trans>
        ) : (
          <Plural
            value={failed.length}
            one={`# rule of ${channel} is not met`}
            other={`# rules of ${channel} are not met`}
          />
        )}
      </p>
      {failed.length > 0 && (
        <ul className={classes.failed}>
          {failed.map(({ code, text }) => (
            <li key={code}>{inLanguage(text, i18n.locale)}</li>
          ))}
        </ul>
      )}
      <details className={classes.details}>
        <summary>
          <Plural value={checks.length} one="# check" other="All # checks" />
        </summary>
        <ul>
          {checks.map(({ code, text, passed: fine }) => (
            <li key={code} data-passed={fine}>
              {inLanguage(text, i18n.locale)}
            </li>
          ))}
        </ul>
        <p>
          <Trans>
            Source:{' '}
            <a href={source.url} target="_blank" rel="noreferrer">
              {source.title}
            </a>
          </Trans>{' '}
          {source.readOn === null && <Trans>(as commonly known; check it there)</Trans>}
        </p>
      </details>
    </section>
  );
}
