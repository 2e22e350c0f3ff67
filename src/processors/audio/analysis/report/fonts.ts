import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const lettersDir = dirname(fileURLToPath(import.meta.resolve('@expo-google-fonts/inter/package.json')));

/** Inter, as npm brings it. */
export const fontFiles = {
  regular: join(lettersDir, '400Regular', 'Inter_400Regular.ttf'),
  bold: join(lettersDir, '600SemiBold', 'Inter_600SemiBold.ttf'),
} as const;
