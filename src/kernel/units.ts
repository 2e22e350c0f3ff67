export const kibibyte = 1024;
export const mebibyte = 1024 * kibibyte;
export const gibibyte = 1024 * mebibyte;

/** Bytes for people: `60 MiB`, `1.5 GiB`. */
export function formatBytes(sizeBytes: number): string {
  if (sizeBytes < kibibyte) return `${sizeBytes} B`;
  const [divisor, unit] =
    sizeBytes >= gibibyte ? [gibibyte, 'GiB'] : sizeBytes >= mebibyte ? [mebibyte, 'MiB'] : [kibibyte, 'KiB'];
  const value = sizeBytes / divisor;
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${unit}`;
}
