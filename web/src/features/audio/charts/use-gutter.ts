import { useMediaQuery } from '@mantine/hooks';

/** The room left of a chart for its numbers, as `--gutter` of what is above and below it. */
export function useGutterPx(): number {
  return useMediaQuery('(max-width: 47.99rem)', false, { getInitialValueInEffect: false }) ? 36 : 44;
}
