import { Trans, useLingui } from '@lingui/react/macro';
import { Button, FileButton, Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { uploadAsset } from '../../api/upload-asset.ts';
import { Page } from '../../ui/page.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import classes from './mask-editor-page.module.css';
import { openMask } from './mask-pictures.ts';
import { MaskWorkbench } from './mask-workbench.tsx';

const route = getRouteApi('/masks');

export function MaskEditorPage() {
  const { photo, mask, quality } = route.useSearch();
  return photo === undefined ? (
    <ChoosePhoto />
  ) : (
    <OpenMask key={`${photo} ${mask}`} photoId={photo} maskId={mask} quality={quality} />
  );
}

interface OpenProps {
  readonly photoId: string;
  readonly maskId: string | undefined;
  readonly quality: string | undefined;
}

function OpenMask({ photoId, maskId, quality }: OpenProps) {
  const errorText = useErrorText();
  const { data, error, refetch } = useQuery({
    queryKey: ['mask', photoId, maskId, quality],
    queryFn: ({ signal }) => openMask({ photoId, maskId, quality }, signal),
    staleTime: Number.POSITIVE_INFINITY,
    // What is painted belongs to this visit; the next one starts from what was saved.
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    retry: false,
    structuralSharing: false,
  });
  if (data) return <MaskWorkbench pictures={data} />;
  return (
    <Page title={<Trans>Correct the cut-out</Trans>}>
      <div className={classes.waiting} role="status">
        {error ? (
          <>
            <p>{errorText(error)}</p>
            <Button onClick={() => void refetch()}>
              <Trans>Try again</Trans>
            </Button>
          </>
        ) : (
          <>
            <Loader />
            <p>
              <Trans>Opening the photo and its mask…</Trans>
            </p>
          </>
        )}
      </div>
    </Page>
  );
}

function ChoosePhoto() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const errorText = useErrorText();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const send = async (file: File | null): Promise<void> => {
    if (!file) return;
    setBusy(true);
    setError(undefined);
    try {
      const { id } = await uploadAsset(file, file.name);
      await navigate({ to: '/masks', search: { photo: id } });
    } catch (thrown) {
      setError(thrown as Error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Page
      title={<Trans>Correct the cut-out</Trans>}
      lead={<Trans>Bring back what is missing, and erase what is too much, with a brush.</Trans>}
    >
      <div className={classes.waiting}>
        {error && <p role="alert">{errorText(error)}</p>}
        <FileButton accept="image/*,.heic,.heif" onChange={(file) => void send(file)}>
          {(props) => (
            <Button size="md" loading={busy} loaderProps={{ 'aria-label': t`Sending` }} {...props}>
              <Trans>Choose a photo</Trans>
            </Button>
          )}
        </FileButton>
        <p className={classes.hint}>
          <Trans>
            Or open a photo that was cut out from <Link to="/">the start</Link>.
          </Trans>
        </p>
      </div>
    </Page>
  );
}
