import {
  ActionIcon,
  convertCssVariables,
  createTheme,
  DEFAULT_THEME,
  defaultCssVariablesResolver,
  type MantineColorsTuple,
  Menu,
  Modal,
  mergeMantineTheme,
  Tooltip,
} from '@mantine/core';

const teal: MantineColorsTuple = [
  '#effcf9',
  '#d5f5ee',
  '#a9e9dd',
  '#73d6c6',
  '#3fbcab',
  '#1d9f90',
  '#0f8377',
  '#0f6f66',
  '#105952',
  '#0f4a45',
];
/** Greys with a little green in them, so that paper and ink belong to the teal. */
const gray: MantineColorsTuple = [
  '#fbfaf7',
  '#f4f3ee',
  '#e8e8e1',
  '#dadcd5',
  '#c2c7bf',
  '#98a19a',
  '#6f7a74',
  '#55605c',
  '#343d3a',
  '#1c2321',
];
const dark: MantineColorsTuple = [
  '#e8eeeb',
  '#c3ceca',
  '#9eaca7',
  '#6c7b76',
  '#42504c',
  '#303b38',
  '#232c2a',
  '#1a2120',
  '#131918',
  '#0c1110',
];

const fonts = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif';

export const theme = createTheme({
  colors: { teal, gray, dark },
  primaryColor: 'teal',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  luminanceThreshold: 0.36,
  black: '#1c2321',
  fontFamily: fonts,
  fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "SF Mono", Menlo, Consolas, monospace',
  headings: { fontFamily: fonts, fontWeight: '650' },
  defaultRadius: 'md',
  radius: { xs: '4px', sm: '6px', md: '10px', lg: '14px', xl: '20px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // Locking the scroll would write a style element, which the policy refuses; app.css does it.
    Modal: Modal.extend({ defaultProps: { lockScroll: false, centered: true, radius: 'lg' } }),
    // Its placeholder for the first focus is nothing that a menu may hold: the first item takes it.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withinPortal: true } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray', size: 'lg' } }),
  },
});

/**
 * Writes the theme's variables into a sheet of its own. Mantine would write a style element, for which the studio's
 * content policy has no exception.
 */
export function adoptTheme(): void {
  const merged = mergeMantineTheme(DEFAULT_THEME, theme);
  const { variables, light, dark } = defaultCssVariablesResolver(merged);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    convertCssVariables(
      {
        variables,
        light: { ...light, ...surfaces.light, '--mantine-color-scheme': 'light' },
        dark: { ...dark, ...surfaces.dark, '--mantine-color-scheme': 'dark' },
      },
      ':root',
    ),
  );
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

const surfaces = {
  light: {
    '--mantine-color-body': '#fbfaf7',
    '--mantine-color-default': '#ffffff',
    '--mantine-color-default-hover': '#f4f3ee',
    '--mantine-color-default-border': '#dadcd5',
    '--mantine-color-dimmed': '#55605c',
    '--surface': '#ffffff',
    '--surface-sunk': '#f4f3ee',
    '--line': '#e3e4dd',
    '--ink': '#1c2321',
    '--ink-soft': '#55605c',
    '--accent': '#0f6f66',
    '--accent-soft': '#e3f5f1',
    '--warn': '#8a5300',
    '--warn-soft': '#fdf1dc',
    '--bad': '#b42318',
    '--bad-soft': '#fdecea',
    '--check-a': '#ffffff',
    '--check-b': '#e6e8e3',
  },
  dark: {
    '--mantine-color-body': '#121817',
    '--mantine-color-default': '#1f2725',
    '--mantine-color-default-hover': '#28312f',
    '--mantine-color-default-border': '#35413d',
    '--mantine-color-dimmed': '#a3b1ac',
    '--surface': '#1a2120',
    '--surface-sunk': '#161c1b',
    '--line': '#2b3532',
    '--ink': '#e8eeeb',
    '--ink-soft': '#a3b1ac',
    '--accent': '#5ed0bf',
    '--accent-soft': '#15322e',
    '--warn': '#f2bd62',
    '--warn-soft': '#362a13',
    '--bad': '#ff9b8f',
    '--bad-soft': '#3b1d1a',
    '--check-a': '#2a3331',
    '--check-b': '#1d2523',
  },
} as const;
