import { useLingui } from '@lingui/react/macro';
import { type ChangeEvent, type Ref, useImperativeHandle, useRef } from 'react';
import { picturesOf } from './use-incoming-files.ts';

export interface FilePickersHandle {
  chooseFiles(): void;
  chooseFolder(): void;
}

interface Props {
  readonly ref: Ref<FilePickersHandle>;
  readonly onFiles: (files: readonly File[]) => void;
}

/** HEIC has no type of its own in most browsers. */
const accept = 'image/*,.heic,.heif';

/** The two file fields behind the buttons; the buttons stand where the page wants them. */
export function FilePickers({ ref, onFiles }: Props) {
  const { t } = useLingui();
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  useImperativeHandle(ref, () => ({
    chooseFiles: () => files.current?.click(),
    chooseFolder: () => folder.current?.click(),
  }));
  const setFolder = (input: HTMLInputElement | null): void => {
    folder.current = input;
    // Not among the attributes that React's types know.
    if (input !== null) input.webkitdirectory = true;
  };
  const take = ({ currentTarget }: ChangeEvent<HTMLInputElement>): void => {
    const chosen = [...(currentTarget.files ?? [])];
    onFiles(currentTarget.webkitdirectory ? picturesOf(chosen) : chosen);
    // The same file may be chosen again.
    currentTarget.value = '';
  };
  return (
    <>
      <input ref={files} type="file" multiple accept={accept} hidden aria-label={t`Photos`} onChange={take} />
      <input ref={setFolder} type="file" hidden aria-label={t`Folder of photos`} onChange={take} />
    </>
  );
}
