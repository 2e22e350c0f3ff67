/** The slice of Babel that the studio's build uses; its own types are a package of their own. */
declare module '@babel/core' {
  export interface TransformOptions {
    readonly filename: string;
    readonly babelrc: boolean;
    readonly configFile: boolean;
    readonly sourceMaps: boolean;
    readonly parserOpts: { readonly plugins: readonly string[] };
    readonly plugins: readonly unknown[];
  }
  export function transformAsync(
    code: string,
    options: TransformOptions,
  ): Promise<{ readonly code?: string | null } | null>;
}
