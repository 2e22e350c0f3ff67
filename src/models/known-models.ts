import type { Preprocessing } from '#processors/shared/models/model-descriptor.ts';

/** A published model that can be added by its name alone. */
export interface KnownModel extends Preprocessing {
  readonly name: string;
  readonly url: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly licence: string;
  /** Whose work it is. */
  readonly project: string;
  /** Where each fact was read. */
  readonly sources: readonly string[];
  /** Memory of one run where the general estimate is known to be too low. */
  readonly workingBytes?: number;
}

const rembg = 'https://github.com/danielgatis/rembg/releases/download/v0.0.0';
const imageNet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/**
 * About the hashes. rembg publishes MD5 with its files; MD5 can be forged, so it pins nothing here. The SHA-256 and the
 * size of each of its files are stated, next to that MD5, by several projects that do not depend on each other, and for
 * some as the object id under which another host keeps the same bytes; those are what is named below. InSPyReNet's is
 * the one its publisher committed. No file is taken without its hash.
 *
 * About the preparation. It is that of the network's own authors where rembg's differs: rembg divides by the brightest
 * value of the picture instead of 255, and by [1, 1, 1] after ImageNet's mean for IS-Net, which was trained with 0.5.
 * Pictures are stretched to the square, as the authors do.
 */
export const knownModels: readonly KnownModel[] = [
  {
    name: 'u2net',
    url: `${rembg}/u2net.onnx`,
    sha256: '8d10d2f3bb75ae3b6d527c77944fc5e7dcd94b29809d47a739a7a728a912b491',
    sizeBytes: 175_997_641,
    licence: 'Apache-2.0',
    project: 'https://github.com/xuebinqin/U-2-Net',
    ...imageNet,
    inputSizePx: 320,
    output: 'minmax',
    sources: [
      'URL, MD5 60024c5c889badc19c04ad937298a77b, preparation: danielgatis/rembg, rembg/sessions/u2net.py',
      'SHA-256 and size: constants of several public projects, among them the model lists of RapidRAW and Image Toolbox',
    ],
  },
  {
    name: 'u2netp',
    url: `${rembg}/u2netp.onnx`,
    sha256: '309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8',
    sizeBytes: 4_574_861,
    licence: 'Apache-2.0',
    project: 'https://github.com/xuebinqin/U-2-Net',
    ...imageNet,
    inputSizePx: 320,
    output: 'minmax',
    sources: [
      'URL, MD5 8e83ca70e441ab06c318d82300c84806, preparation: danielgatis/rembg, rembg/sessions/u2netp.py',
      'SHA-256 and size: the same bytes as huggingface.co/BritishWerewolf/U-2-Netp, onnx/model.onnx',
    ],
  },
  {
    name: 'silueta',
    url: `${rembg}/silueta.onnx`,
    sha256: '75da6c8d2f8096ec743d071951be73b4a8bc7b3e51d9a6625d63644f90ffeedb',
    sizeBytes: 44_173_029,
    licence: 'Apache-2.0',
    project: 'https://github.com/xuebinqin/U-2-Net/issues/295',
    ...imageNet,
    inputSizePx: 320,
    output: 'minmax',
    sources: [
      'URL, MD5 55e59e0d8062d2f5d013f4725ee84782, preparation: danielgatis/rembg, rembg/sessions/silueta.py',
      'SHA-256 and size: constants of several public projects that fetch this URL',
    ],
  },
  {
    name: 'isnet-general-use',
    url: `${rembg}/isnet-general-use.onnx`,
    sha256: '60920e99c45464f2ba57bee2ad08c919a52bbf852739e96947fbb4358c0d964a',
    sizeBytes: 178_648_008,
    licence: 'Apache-2.0 (its training set, DIS5K, has terms of its own)',
    project: 'https://github.com/xuebinqin/DIS',
    mean: [0.5, 0.5, 0.5],
    std: [1, 1, 1],
    inputSizePx: 1024,
    output: 'minmax',
    sources: [
      'URL, MD5 fc16ebd8b0c10d971d3513d564d01e29: danielgatis/rembg, rembg/sessions/dis_general_use.py',
      'SHA-256 and size: the same bytes as huggingface.co/BritishWerewolf/IS-Net, onnx/model.onnx',
    ],
  },
  {
    name: 'birefnet-general',
    url: `${rembg}/BiRefNet-general-epoch_244.onnx`,
    sha256: '58f621f00f5d756097615970a88a791584600dcf7c45b18a0a6267535a1ebd3c',
    sizeBytes: 972_666_916,
    licence: 'MIT',
    project: 'https://github.com/ZhengPeng7/BiRefNet',
    ...imageNet,
    inputSizePx: 1024,
    output: 'sigmoid',
    workingBytes: 6 * 2 ** 30,
    sources: [
      'URL, MD5 7a35a0141cbbc80de11d9c9a28f52697, preparation: danielgatis/rembg, rembg/sessions/birefnet_general.py',
      'SHA-256 and size: the same bytes as huggingface.co/onnx-community/BiRefNet-ONNX, onnx/model.onnx',
      'memory: some 7 GB in all, as users of ONNX Runtime report; not measured here',
    ],
  },
  {
    name: 'birefnet-general-lite',
    url: `${rembg}/BiRefNet-general-bb_swin_v1_tiny-epoch_232.onnx`,
    sha256: '5600024376f572a557870a5eb0afb1e5961636bef4e1e22132025467d0f03333',
    sizeBytes: 224_005_088,
    licence: 'MIT',
    project: 'https://github.com/ZhengPeng7/BiRefNet',
    ...imageNet,
    inputSizePx: 1024,
    output: 'sigmoid',
    workingBytes: 5 * 2 ** 30,
    sources: [
      'URL, MD5 4fab47adc4ff364be1713e97b7e66334: danielgatis/rembg, rembg/sessions/birefnet_general_lite.py',
      'SHA-256 and size: the same bytes as huggingface.co/onnx-community/BiRefNet_lite-ONNX, onnx/model.onnx',
      'memory: some 5 GB, as users of ONNX Runtime report; not measured here',
    ],
  },
  {
    name: 'inspyrenet',
    url: 'https://huggingface.co/OS-Software/InSPyReNet-SwinB-Plus-Ultra-ONNX/resolve/7a12ae801fee6e9675bde3cade847059391c76d2/onnx/model.onnx',
    sha256: 'c108dd92b3ddfe3a2d9e9ac2b74730cc5acbb2ddc7ea863330c43f56ae832aa3',
    sizeBytes: 395_316_574,
    licence: 'MIT',
    project: 'https://github.com/plemeri/InSPyReNet',
    ...imageNet,
    inputSizePx: 1024,
    output: 'raw',
    workingBytes: 5 * 2 ** 30,
    sources: [
      'URL, SHA-256, size, licence, mean and std: the commit named in the URL (LFS object id, preprocessor_config.json)',
      'SHA-256 and size again: the model list of Image Toolbox',
      'the graph ends in the mask itself: programs that use this file multiply its output by 255',
      'memory: as BiRefNet-lite, whose backbone is smaller; a guess',
    ],
  },
];

export function knownModel(name: string): KnownModel | undefined {
  return knownModels.find((known) => known.name === name);
}
