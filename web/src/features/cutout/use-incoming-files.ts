import { useEffect, useEffectEvent, useState } from 'react';

/**
 * Files that come from outside: dropped anywhere on the page, folders too, or pasted.
 *
 * @param ofFolder which files of a folder are meant
 * @returns whether something is being dragged over the page
 */
export function useIncomingFiles(
  onFiles: (files: readonly File[]) => void,
  ofFolder: (files: readonly File[]) => readonly File[] = picturesOf,
): boolean {
  const [dragging, setDragging] = useState(false);
  const take = useEffectEvent(onFiles);
  const meant = useEffectEvent(ofFolder);

  useEffect(() => {
    // Every element that is entered and left says so; only the sum tells whether the pointer is still on the page.
    let depth = 0;
    const isFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false;
    const onEnter = (event: DragEvent): void => {
      if (isFiles(event)) setDragging(++depth > 0);
    };
    const onLeave = (event: DragEvent): void => {
      if (isFiles(event)) setDragging(--depth > 0);
    };
    const onOver = (event: DragEvent): void => {
      if (isFiles(event)) event.preventDefault();
    };
    const onDrop = (event: DragEvent): void => {
      if (!isFiles(event) || event.dataTransfer === null) return;
      depth = 0;
      setDragging(false);
      // Something on the page that has its own use for it was quicker.
      if (event.defaultPrevented) return;
      event.preventDefault();
      void droppedFiles(event.dataTransfer, (files) => meant(files)).then((files) => take(files));
    };
    const onPaste = (event: ClipboardEvent): void => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length > 0) take(files);
    };
    const stop = new AbortController();
    const options = { signal: stop.signal };
    window.addEventListener('dragenter', onEnter, options);
    window.addEventListener('dragleave', onLeave, options);
    window.addEventListener('dragover', onOver, options);
    window.addEventListener('drop', onDrop, options);
    window.addEventListener('paste', onPaste, options);
    return () => stop.abort();
  }, []);

  return dragging;
}

/** Files and what is in folders; they must be taken out while the event is handled. */
async function droppedFiles(
  transfer: DataTransfer,
  meant: (files: readonly File[]) => readonly File[],
): Promise<readonly File[]> {
  const hasFolder = [...transfer.items].some((item) => item.webkitGetAsEntry()?.isDirectory);
  const files = [...transfer.files];
  if (!hasFolder) return files;
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  return meant((await Promise.all(entries.map(filesOf))).flat());
}

async function filesOf(entry: FileSystemEntry): Promise<readonly File[]> {
  if (entry.isFile) {
    return new Promise((resolve) =>
      (entry as FileSystemFileEntry).file(
        (file) => resolve([file]),
        () => resolve([]),
      ),
    );
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const children: FileSystemEntry[] = [];
  // A reader gives a hundred at a time, and none when it is through.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (some.length === 0) break;
    children.push(...some);
  }
  return (await Promise.all(children.map(filesOf))).flat();
}

const pictureName = /\.(?:jpe?g|png|webp|avif|heic|heif|tiff?|gif)$/i;

/** A folder holds other things too: a person who drops it means its pictures. */
export function picturesOf(files: readonly File[]): readonly File[] {
  return files.filter(({ name }) => !name.startsWith('.') && pictureName.test(name));
}
