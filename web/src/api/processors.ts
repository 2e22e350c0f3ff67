import { useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { request } from './client.ts';

interface Processor {
  readonly name: string;
  readonly title: Readonly<Record<'en' | 'pt-BR', string>>;
}

/** What the server calls its kinds of work, in the reader's language. */
export function useProcessorTitle(): (name: string) => string {
  const { i18n } = useLingui();
  const { data } = useQuery({
    queryKey: ['processors'],
    queryFn: ({ signal }) => request<{ items: readonly Processor[] }>('/v1/processors', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const language = i18n.locale === 'pt-BR' ? 'pt-BR' : 'en';
  return (name) => data?.items.find((processor) => processor.name === name)?.title[language] ?? name;
}
