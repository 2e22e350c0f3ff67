import { Plural, Trans } from '@lingui/react/macro';
import type { Privacy } from '../../api/privacy.ts';
import { Panel } from '../../ui/panel.tsx';
import classes from './retention-panel.module.css';

const daySeconds = 86_400;

/** How long what is kept. */
export function RetentionPanel({ privacy: { retention } }: { readonly privacy: Privacy }) {
  const { resultTtlSeconds, auditRetentionDays, exportDays, erasureGraceDays } = retention;
  return (
    <Panel title={<Trans>How long it is kept</Trans>}>
      <dl className={classes.spans}>
        <dt>
          <Trans>Results</Trans>
        </dt>
        <dd>
          <Days of={resultTtlSeconds === null ? null : resultTtlSeconds / daySeconds} />
        </dd>
        <dt>
          <Trans>The record of what was done</Trans>
        </dt>
        <dd>
          <Days of={auditRetentionDays} />
        </dd>
        <dt>
          <Trans>Copies that you have made</Trans>
        </dt>
        <dd>
          <Days of={exportDays} />
        </dd>
        <dt>
          <Trans>Time to call off a deletion</Trans>
        </dt>
        <dd>
          <Days of={erasureGraceDays} />
        </dd>
      </dl>
    </Panel>
  );
}

function Days({ of }: { readonly of: number | null }) {
  if (of === null) return <Trans>until somebody deletes it</Trans>;
  if (of < 1) return <Plural value={Math.round(of * 24)} one="# hour" other="# hours" />;
  return <Plural value={Math.round(of)} one="# day" other="# days" />;
}
