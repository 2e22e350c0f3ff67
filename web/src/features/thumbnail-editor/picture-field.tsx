import { Trans } from '@lingui/react/macro';
import { Button, FileButton } from '@mantine/core';
import { IconPhoto } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { assetContentUrl } from '../../api/asset.ts';
import { uploadAsset } from '../../api/upload-asset.ts';
import { useErrorText } from '../../ui/use-error-text.ts';
import type { Picture } from './design.ts';
import classes from './picture-field.module.css';

interface Props {
  readonly label: string;
  readonly picture: Picture | undefined;
  readonly onChange: (picture: Picture) => void;
}

/** A picture of one's own: what it is now, and a button for another. */
export function PictureField({ label, picture, onChange }: Props) {
  const errorText = useErrorText();
  const { mutate, isPending, error } = useMutation({
    mutationFn: (file: File) => uploadAsset(file, file.name),
    onSuccess: ({ id }, { name }) => onChange({ assetId: id, name }),
  });
  return (
    <div className={classes.field}>
      {picture && (
        <div className={classes.current}>
          <img className={classes.thumb} src={assetContentUrl(picture.assetId)} alt="" />
          <span className={classes.name}>{picture.name}</span>
        </div>
      )}
      <FileButton
        accept="image/*,.heic,.heif"
        inputProps={{ 'aria-label': label }}
        onChange={(file) => file && mutate(file)}
      >
        {(props) => (
          <Button
            variant="default"
            fullWidth
            loading={isPending}
            leftSection={<IconPhoto size={18} aria-hidden />}
            {...props}
          >
            {picture ? <Trans>Another picture</Trans> : <Trans>Choose a picture</Trans>}
          </Button>
        )}
      </FileButton>
      {error && (
        <p className={classes.error} role="alert">
          {errorText(error)}
        </p>
      )}
    </div>
  );
}
