import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './app/mantine-styles.ts';
import './app/app.css';
import { startLanguage } from './app/language.ts';
import { Providers } from './app/providers.tsx';
import { adoptTheme } from './app/theme.ts';

const root = document.querySelector('#root');
if (root === null) throw new Error('index.html has no #root');
adoptTheme();
await startLanguage();
createRoot(root).render(
  <StrictMode>
    <Providers />
  </StrictMode>,
);
