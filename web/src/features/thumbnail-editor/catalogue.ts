import { useQuery } from '@tanstack/react-query';
import { request } from '../../api/client.ts';

export interface Bilingual {
  readonly en: string;
  readonly 'pt-BR': string;
}

/** What a channel asks of its pictures: one of GET /v1/presets. */
export interface Preset {
  readonly id: string;
  readonly title: Bilingual;
  readonly channel: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly marginPercent: number;
  /** `#rrggbb` */
  readonly background: string;
  readonly format: string;
  readonly maxBytes?: number;
  readonly source: { readonly title: string; readonly url: string; readonly readOn: string | null };
}

/** The channels that the server knows. */
export function usePresets() {
  return useQuery({
    queryKey: ['presets'],
    queryFn: async ({ signal }) => (await request<{ presets: readonly Preset[] }>('/v1/presets', { signal })).presets,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** @param locale as Lingui's */
export function inLanguage(text: Bilingual, locale: string): string {
  return locale === 'pt-BR' ? text['pt-BR'] : text.en;
}

/** How the server measured a finished picture against the rules of its channel. */
export interface Compliance {
  readonly preset: string;
  readonly passed: boolean;
  readonly checks: readonly { readonly code: string; readonly passed: boolean; readonly text: Bilingual }[];
}

/** What a job's output says of itself; undefined where no preset was asked for. */
export function complianceOf(data: Readonly<Record<string, unknown>> | undefined): Compliance | undefined {
  const compliance = data?.['compliance'];
  return typeof compliance === 'object' && compliance !== null && 'checks' in compliance
    ? (compliance as Compliance)
    : undefined;
}
