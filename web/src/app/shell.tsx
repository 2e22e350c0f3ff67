import { Trans, useLingui } from '@lingui/react/macro';
import { IconBook2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { meQuery } from '../api/me.ts';
import { Notice } from '../ui/notice.tsx';
import { Brand } from './brand.tsx';
import { ColourSchemeMenu } from './colour-scheme-menu.tsx';
import { LanguageMenu } from './language-menu.tsx';
import { useNavigation } from './navigation.ts';
import classes from './shell.module.css';
import { ShortcutsDialog } from './shortcuts-dialog.tsx';

const AccountMenu = lazy(async () => ({ default: (await import('./account-menu.tsx')).AccountMenu }));

/** What is around every page: the way to the others, language, colours, help. */
export function Shell() {
  const { t, i18n } = useLingui();
  const navigation = useNavigation();
  const { data: me } = useQuery(meQuery);
  const signedOut = me?.mode === 'accounts' && me.user === undefined;
  const { pathname } = useLocation();
  const content = useRef<HTMLElement>(null);
  const shownPath = useRef(pathname);
  const page = navigation.find(({ path }) => (path === '/' ? pathname === '/' : pathname.startsWith(path)));
  const title = page === undefined ? 'Esteira' : `${i18n._(page.label)} · Esteira`;

  useEffect(() => {
    document.title = title;
  }, [title]);
  useEffect(() => {
    if (shownPath.current === pathname) return;
    shownPath.current = pathname;
    // Who cannot see that the page has changed is taken to its beginning.
    content.current?.focus({ preventScroll: true });
  }, [pathname]);

  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#content">
        <Trans>Skip to the content</Trans>
      </a>
      <header className={classes.header}>
        <div className={classes.bar}>
          <Link to="/" className={classes.brand} aria-label={t`Esteira, to the start`}>
            <Brand />
          </Link>
          <nav className={classes.navigation} aria-label={t`Main`} hidden={signedOut}>
            {navigation.map(({ path, label, icon: Icon }) => (
              <Link key={path} to={path} className={classes.entry} activeOptions={{ exact: path === '/' }}>
                <Icon size={20} stroke={1.7} aria-hidden />
                <span>{i18n._(label)}</span>
              </Link>
            ))}
            {!signedOut && (
              <a className={classes.entry} href="/docs">
                <IconBook2 size={20} stroke={1.7} aria-hidden />
                <span>
                  <Trans>API</Trans>
                </span>
              </a>
            )}
          </nav>
          <div className={classes.tools}>
            <ShortcutsDialog />
            <ColourSchemeMenu />
            <LanguageMenu />
            {me && !signedOut && (
              <Suspense fallback={<span className={classes.account} />}>
                <AccountMenu me={me} />
              </Suspense>
            )}
          </div>
        </div>
      </header>
      <main ref={content} id="content" className={classes.content} tabIndex={-1}>
        {me?.tenant?.status === 'suspended' && (
          <Notice kind="warning">
            <Trans>This workspace is suspended. What is here can be seen and downloaded; nothing new is made.</Trans>
          </Notice>
        )}
        <Outlet />
      </main>
    </div>
  );
}
