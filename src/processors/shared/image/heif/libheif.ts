import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/**
 * The part of libheif's C interface that is used. Pointers and sizes are numbers; a function that returns a
 * `heif_error` takes the place for it as its first argument.
 *
 * @see https://github.com/strukturag/libheif, api/libheif/*.h
 */
export interface LibHeif {
  /** The memory of this instance; another array each time it has grown. */
  readonly HEAPU8: Uint8Array;
  _malloc(sizeBytes: number): number;
  _heif_context_alloc(): number;
  _heif_context_set_maximum_image_size_limit(context: number, sidePx: number): void;
  _heif_context_read_from_memory_without_copy(
    error: number,
    context: number,
    bytes: number,
    sizeBytes: number,
    options: number,
  ): void;
  _heif_context_get_number_of_items(context: number): number;
  _heif_context_get_list_of_item_IDs(context: number, idsOut: number, max: number): number;
  /** Four letters as one number, signed. */
  _heif_item_get_item_type(context: number, id: number): number;
  _heif_context_get_primary_image_handle(error: number, context: number, handleOut: number): void;
  _heif_image_handle_get_width(handle: number): number;
  _heif_image_handle_get_height(handle: number): number;
  _heif_image_handle_get_luma_bits_per_pixel(handle: number): number;
  _heif_image_handle_has_alpha_channel(handle: number): number;
  _heif_image_handle_is_premultiplied_alpha(handle: number): number;
  _heif_image_handle_get_raw_color_profile_size(handle: number): number;
  _heif_image_handle_get_raw_color_profile(error: number, handle: number, bytesOut: number): void;
  _heif_image_handle_get_nclx_color_profile(error: number, handle: number, profileOut: number): void;
  _heif_decode_image(
    error: number,
    handle: number,
    imageOut: number,
    colourspace: number,
    chroma: number,
    options: number,
  ): void;
  _heif_image_get_decoding_warnings(image: number, first: number, warningsOut: number, max: number): number;
  _heif_image_get_width(image: number, channel: number): number;
  _heif_image_get_height(image: number, channel: number): number;
  _heif_image_get_bits_per_pixel_range(image: number, channel: number): number;
  _heif_image_get_plane_readonly(image: number, channel: number, strideOut: number): number;
}

/** The slice of the platform's that is used: its types come with those of browsers only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => { readonly kind: 'module' };
  readonly Instance: new (module: InstanceType<(typeof WebAssembly)['Module']>, imports: object) => object;
};

interface Options {
  instantiateWasm(imports: object, done: (instance: object) => unknown): unknown;
  print(text: string): void;
  printErr(text: string): void;
}

let compiled: InstanceType<typeof WebAssembly.Module> | undefined;

/**
 * A fresh instance for each file: what one file does to its memory no other sees, and all of it goes with the
 * instance, since memory of WebAssembly never shrinks. It holds at most 2 GiB.
 */
export function openLibHeif(): LibHeif {
  const require = createRequire(import.meta.url);
  const build = require('libheif-js/libheif-wasm/libheif.js') as (options: Options) => LibHeif;
  compiled ??= new WebAssembly.Module(readFileSync(require.resolve('libheif-js/libheif-wasm/libheif.wasm')));
  const module = compiled;
  return build({
    instantiateWasm: (imports, done) => done(new WebAssembly.Instance(module, imports)),
    print: () => {},
    printErr: () => {},
  });
}
