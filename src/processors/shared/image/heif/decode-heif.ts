import { AppError } from '#kernel/errors.ts';
import { iccProfileFor } from './icc-profile.ts';
import { type LibHeif, openLibHeif } from './libheif.ts';
import { emptyTiff } from './tiff.ts';

/** Side of a square of the most pixels that are decoded: above every limit that an upload may be given. */
const maxSidePx = 16_383;
/** Numbers of libheif's interface. */
const colourspaceRgb = 1;
const interleaved = 10;
const chroma = { rgb8: 10, rgba8: 11, rgb16: 14, rgba16: 15 } as const;
const errorCode = { unsupportedFeature: 4, memory: 6 } as const;
const suberrorSecurityLimit = 1000;
const transfer = { pq: 16, hlg: 18 } as const;
/** `iovl` */
const overlay = 0x69_6f_76_6c;
const maxIccBytes = 4 * 1024 * 1024;

/**
 * Decodes the primary picture of a HEIC file as it is meant to be seen: tiles put together, cropped, turned and
 * mirrored as its properties say, with its opacity.
 *
 * It may run for ever on a damaged file, so it runs only where it can be killed: in a child of the sandbox.
 *
 * @returns an uncompressed TIFF, with the colour profile of the original; 16 bits where that had more than 8
 * @throws AppError MEDIA_INVALID when it is damaged or uses what the decoder does not know, RESOURCE_LIMIT
 */
export function decodeHeif(bytes: Uint8Array): Buffer {
  try {
    return decode(openLibHeif(), bytes);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    // The instance trapped: out of its memory, or out of its mind.
    throw invalid('its content makes no sense to the decoder', cause);
  }
}

function decode(heif: LibHeif, bytes: Uint8Array): Buffer {
  const place = allocate(heif, 64);
  const file = allocate(heif, bytes.length);
  heif.HEAPU8.set(bytes, file);
  const context = heif._heif_context_alloc();
  heif._heif_context_set_maximum_image_size_limit(context, maxSidePx);
  heif._heif_context_read_from_memory_without_copy(place, context, file, bytes.length, 0);
  check(heif, place);
  refuseOverlays(heif, context);
  heif._heif_context_get_primary_image_handle(place, context, place + 16);
  check(heif, place);
  const handle = uint32(heif, place + 16);

  const widthPx = heif._heif_image_handle_get_width(handle);
  const heightPx = heif._heif_image_handle_get_height(handle);
  if (widthPx < 1 || heightPx < 1) throw invalid('it has no pixels');
  if (widthPx * heightPx > maxSidePx ** 2) throw tooLarge();
  const icc = colourProfile(heif, handle, place);
  const isDeep = heif._heif_image_handle_get_luma_bits_per_pixel(handle) > 8;
  const hasAlpha = heif._heif_image_handle_has_alpha_channel(handle) !== 0;
  const [rgb, rgba] = isDeep ? [chroma.rgb16, chroma.rgba16] : [chroma.rgb8, chroma.rgba8];
  heif._heif_decode_image(place, handle, place + 16, colourspaceRgb, hasAlpha ? rgba : rgb, 0);
  check(heif, place);
  const image = uint32(heif, place + 16);
  if (heif._heif_image_get_decoding_warnings(image, 0, 0, 0) > 0) throw invalid('parts of its pixels are missing');

  const layout = { widthPx, heightPx, channels: hasAlpha ? 4 : 3, bits: isDeep ? 16 : 8, icc } as const;
  // The sizes were announced; whether they are what came out is another matter.
  const [width, height] = [
    heif._heif_image_get_width(image, interleaved),
    heif._heif_image_get_height(image, interleaved),
  ];
  const plane = heif._heif_image_get_plane_readonly(image, interleaved, place + 16);
  if (plane === 0 || width !== widthPx || height !== heightPx) throw invalid('its pixels are not as many as it says');
  const { file: tiff, pixels } = emptyTiff(layout);
  copyRows(heif, pixels, plane, uint32(heif, place + 16), heightPx);
  if (isDeep) stretch(pixels, heif._heif_image_get_bits_per_pixel_range(image, interleaved));
  if (hasAlpha && heif._heif_image_handle_is_premultiplied_alpha(handle) !== 0) straighten(pixels, layout.bits);
  return tiff;
}

/**
 * Pictures laid over each other, with opacities of their own. No camera makes them, and blending them is where
 * decoders have been broken into (CVE-2026-32882).
 */
function refuseOverlays(heif: LibHeif, context: number): void {
  const count = heif._heif_context_get_number_of_items(context);
  const ids = allocate(heif, 4 * count + 4);
  heif._heif_context_get_list_of_item_IDs(context, ids, count);
  for (let item = 0; item < count; item++) {
    if (heif._heif_item_get_item_type(context, uint32(heif, ids + 4 * item)) === overlay) throw unsupported('overlays');
  }
}

function copyRows({ HEAPU8 }: LibHeif, pixels: Buffer, plane: number, strideBytes: number, rows: number): void {
  const rowBytes = pixels.length / rows;
  for (let row = 0; row < rows; row++) {
    const from = plane + row * strideBytes;
    pixels.set(HEAPU8.subarray(from, from + rowBytes), row * rowBytes);
  }
}

/** From the bits that the picture has to all sixteen, the highest repeated below so that white stays white. */
function stretch(pixels: Buffer, bits: number): void {
  for (let at = 0; at < pixels.length; at += 2) {
    const value = pixels.readUInt16LE(at);
    pixels.writeUInt16LE(((value << (16 - bits)) | (value >>> (2 * bits - 16))) & 0xffff, at);
  }
}

function straighten(pixels: Buffer, bits: 8 | 16): void {
  const values = bits === 8 ? pixels : new Uint16Array(pixels.buffer, pixels.byteOffset, pixels.length / 2);
  const whole = 2 ** bits - 1;
  for (let at = 0; at < values.length; at += 4) {
    const alpha = values[at + 3] as number;
    if (alpha === 0 || alpha === whole) continue;
    for (let channel = at; channel < at + 3; channel++) {
      values[channel] = Math.min(whole, Math.round(((values[channel] as number) * whole) / alpha));
    }
  }
}

/** @throws AppError MEDIA_INVALID for brightness beyond white, which would come out grey and dull */
function colourProfile(heif: LibHeif, handle: number, place: number): Buffer | undefined {
  const nclx = readNclx(heif, handle, place);
  if (nclx?.transfer === transfer.pq || nclx?.transfer === transfer.hlg) {
    throw new AppError(
      'MEDIA_INVALID',
      'The picture is HDR (PQ or HLG), whose brightness cannot be shown as an ordinary picture yet. ' +
        'Export it as SDR or as JPEG and send that.',
    );
  }
  const sizeBytes = heif._heif_image_handle_get_raw_color_profile_size(handle);
  if (sizeBytes === 0 || sizeBytes > maxIccBytes) return iccProfileFor(nclx?.primaries ?? 1);
  const at = allocate(heif, sizeBytes);
  heif._heif_image_handle_get_raw_color_profile(place, handle, at);
  check(heif, place);
  const icc = Buffer.from(heif.HEAPU8.subarray(at, at + sizeBytes));
  // A profile for grey does not fit the red, green and blue that come out.
  return icc.toString('latin1', 16, 20) === 'RGB ' ? icc : undefined;
}

function readNclx(heif: LibHeif, handle: number, place: number) {
  heif._heif_image_handle_get_nclx_color_profile(place, handle, place + 16);
  if (uint32(heif, place) !== 0) return undefined;
  const profile = uint32(heif, place + 16);
  return { primaries: uint32(heif, profile + 4), transfer: uint32(heif, profile + 8) };
}

function allocate(heif: LibHeif, sizeBytes: number): number {
  const at = heif._malloc(sizeBytes);
  if (at === 0) throw tooLarge();
  return at;
}

/** A `heif_error`: code, subcode, pointer to a message. */
function check(heif: LibHeif, place: number): void {
  const code = uint32(heif, place);
  if (code === 0) return;
  const subcode = uint32(heif, place + 4);
  const message = textAt(heif, uint32(heif, place + 8));
  if (code === errorCode.memory || subcode === suberrorSecurityLimit) throw tooLarge(message);
  if (code === errorCode.unsupportedFeature) throw unsupported(message);
  throw invalid(message);
}

/** Its own words, of printable ASCII and short. */
function textAt({ HEAPU8 }: LibHeif, at: number): string {
  const end = HEAPU8.indexOf(0, at);
  const text = Buffer.from(HEAPU8.subarray(at, Math.min(end, at + 200))).toString('latin1');
  return text.replace(/[^\x20-\x7e]+/g, ' ').trim();
}

function uint32({ HEAPU8 }: LibHeif, at: number): number {
  return new DataView(HEAPU8.buffer).getUint32(at, true);
}

function invalid(what: string, cause?: unknown): AppError {
  return new AppError(
    'MEDIA_INVALID',
    `The HEIC file is damaged: ${what}. Export or copy it again and send the new file.`,
    {
      cause,
    },
  );
}

function unsupported(what: string): AppError {
  return new AppError(
    'MEDIA_INVALID',
    `The HEIC file uses something that is not decoded here (${what}). Export it as JPEG and send that.`,
  );
}

function tooLarge(why?: string): AppError {
  const reason = why ? ` (${why})` : '';
  return new AppError(
    'RESOURCE_LIMIT',
    `The HEIC file has more pixels or parts than are decoded here${reason}. Export it smaller, or as JPEG, and send that.`,
  );
}
