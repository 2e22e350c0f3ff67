import type { ErrorCode } from '#kernel/errors.ts';
import type { MediaInfo, NeededResult, ProcessorOutput } from '#processors/contract.ts';

/** What the parent says to a child. Small JSON: files cross by path, never their bytes. */
export type ParentMessage = StartMessage | RunMessage | { readonly type: 'abort'; readonly job: number };

/** The first message: what this child is for. */
export interface StartMessage {
  readonly type: 'start';
  /** The processors it may run: name → `file:` URL of the module that exports its `createRuntime`. */
  readonly modules: Readonly<Record<string, string>>;
  /** The one to load and warm before anything is asked of it. */
  readonly warm?: string;
  /** Of the job that waits for this child, if one does. */
  readonly warmParams?: unknown;
  readonly modelsDir: string;
  readonly threads: number;
  readonly memoryBytes: number;
  readonly programs?: Readonly<Record<string, string>>;
  readonly executionProviders: readonly string[];
}

export interface RunMessage {
  readonly type: 'run';
  readonly job: number;
  readonly processor: string;
  readonly params: unknown;
  readonly inputs: readonly (MediaInfo & { readonly path: string })[];
  readonly needed: readonly NeededResult[];
  readonly scratchDir: string;
}

/** What a child says to its parent. */
export type ChildMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'start-failed'; readonly error: WireError }
  | { readonly type: 'progress'; readonly job: number; readonly fraction: number }
  | { readonly type: 'done'; readonly job: number; readonly outputs: readonly ProcessorOutput[] }
  | { readonly type: 'failed'; readonly job: number; readonly error: WireError }
  | { readonly type: 'log'; readonly message: string; readonly fields: Readonly<Record<string, unknown>> }
  /** Only where the parent cannot look it up itself. */
  | { readonly type: 'rss'; readonly rssBytes: number };

/** An error on its way through the pipe: one that may be shown, or a stack that belongs in the log. */
export type WireError =
  | { readonly code: ErrorCode; readonly detail: string; readonly extensions: Readonly<Record<string, unknown>> }
  | { readonly stack: string };

/** Longest JSON text of one output's `data`, of one error's `extensions` and of one log entry's fields. */
export const maxDataChars = 64 * 1024;
export const maxTextChars = 4_000;
export const maxOutputs = 256;
