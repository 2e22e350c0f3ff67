/** What the test and the program in the closed network tell each other. */

export interface InsideStart {
  readonly start: {
    /** Where requests to the server come in. */
    readonly socketPath: string;
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly args?: readonly string[];
  };
}

export type InsideQuestion =
  | { readonly look: true }
  /** From now on every address of the web has this file at this path. */
  | { readonly publish: { readonly path: string; readonly text: string } }
  /** From now on a name means these addresses, one after the other; `a,b` is two at once; the last one stays. */
  | { readonly names: Readonly<Record<string, readonly string[]>> }
  | { readonly stop: true };

/** What the kernel counted since the network exists, without what the test itself began. */
export interface Traffic {
  /** TCP connections that somebody began. */
  readonly connections: number;
  readonly datagrams: number;
  /** What found no way out. */
  readonly unroutable: number;
}

export interface InsideAnswer {
  readonly failed?: string;
  readonly address?: string;
  readonly code?: number | NodeJS.Signals | undefined;
  readonly traffic?: Traffic;
  /** What is in /tmp. */
  readonly temporary?: readonly string[];
  /** `address:port` of what was reached since the last look. */
  readonly reached?: readonly string[];
}
