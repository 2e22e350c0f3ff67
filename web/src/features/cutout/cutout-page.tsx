import { msg } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useShortcuts } from '../../app/shortcuts.ts';
import { Notice } from '../../ui/notice.tsx';
import { DropHint } from './drop-hint.tsx';
import { FilePickers, type FilePickersHandle } from './file-pickers.tsx';
import { theStudio } from './studio.ts';
import { maxItems, useStudioState } from './studio-store.ts';
import { useIncomingFiles } from './use-incoming-files.ts';
import { Welcome } from './welcome.tsx';

/** Not needed before there is a photo; fetched while somebody looks for one. */
const openBench = () => import('./studio-bench.tsx');
const StudioBench = lazy(async () => ({ default: (await openBench()).StudioBench }));

/** Photos in, cut-outs out: the start page. */
export function CutoutPage() {
  const studio = theStudio(useQueryClient());
  const state = useStudioState(studio);
  const pickers = useRef<FilePickersHandle>(null);
  const [leftOut, setLeftOut] = useState(0);

  useEffect(() => void openBench(), []);
  const add = (files: readonly File[]): void => setLeftOut(files.length - studio.add(files));
  const dragging = useIncomingFiles(add);
  useShortcuts([
    { key: 'o', label: msg`Choose photos`, run: () => pickers.current?.chooseFiles() },
    { key: 'p', label: msg`Choose a folder`, run: () => pickers.current?.chooseFolder() },
  ]);
  const choose = {
    onChooseFiles: () => pickers.current?.chooseFiles(),
    onChooseFolder: () => pickers.current?.chooseFolder(),
  };

  return (
    <>
      <FilePickers ref={pickers} onFiles={add} />
      {leftOut > 0 && (
        <Notice kind="warning" onClose={() => setLeftOut(0)}>
          <Trans>
            The studio holds {maxItems} photos; {leftOut} were left out. Download what is ready and remove it, then add
            the rest.
          </Trans>
        </Notice>
      )}
      {state.items.length === 0 ? (
        <Welcome onFiles={add} {...choose} />
      ) : (
        <Suspense fallback={null}>
          <StudioBench studio={studio} state={state} {...choose} />
        </Suspense>
      )}
      {dragging && <DropHint />}
    </>
  );
}
