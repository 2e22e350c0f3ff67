import type { MessageDescriptor } from '@lingui/core';
import { useLingui } from '@lingui/react/macro';
import { Loader } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, Navigate } from '@tanstack/react-router';
import { type ComponentType, Suspense, useEffect, useRef } from 'react';
import { may, meQuery, type Permission } from '../api/me.ts';
import classes from './sections.module.css';

export interface Section {
  readonly id: string;
  readonly label: MessageDescriptor;
  readonly icon: Icon;
  /** Who may not do this is not shown the section. */
  readonly permission?: Permission;
  readonly page: ComponentType;
}

interface Props {
  /** What they are sections of, for those who do not see it. */
  readonly label: string;
  /** Stands above them. */
  readonly title: string;
  readonly to: '/account/$section' | '/workspace/$section' | '/server/$section';
  readonly sections: readonly Section[];
  /** As in the address; undefined for the first. */
  readonly current: string | undefined;
}

/** Pages that belong together, with the way from one to the other beside them; on a phone, above them. */
export function Sections({ label, title, to, sections, current }: Props) {
  const { t, i18n } = useLingui();
  const { data: me } = useQuery(meQuery);
  const list = useRef<HTMLUListElement>(null);
  // On a phone they are a row that scrolls sideways.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another section is current then
  useEffect(() => {
    list.current?.querySelector('[aria-current=page]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [current]);
  const offered = sections.filter(({ permission }) => permission === undefined || may(me, permission));
  const shown = offered.find(({ id }) => id === current);
  if (shown === undefined) {
    const [first] = offered;
    return first && <Navigate to={to} params={{ section: first.id }} replace />;
  }
  const Page = shown.page;
  return (
    <div className={classes.layout}>
      <nav className={classes.navigation} aria-label={label}>
        <p className={classes.title}>{title}</p>
        <ul ref={list} className={classes.list}>
          {offered.map(({ id, label: name, icon: IconOf }) => (
            <li key={id}>
              <Link to={to} params={{ section: id }} className={classes.entry}>
                <IconOf size={18} stroke={1.7} aria-hidden />
                {i18n._(name)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className={classes.content}>
        <Suspense fallback={<Loader className={classes.loader} role="status" aria-label={t`Loading`} />}>
          <Page />
        </Suspense>
      </div>
    </div>
  );
}
