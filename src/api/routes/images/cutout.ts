import type { Route } from '../../deps.ts';
import { addOneCall } from '../../one-call.ts';

export const cutout: Route = (api, deps) => {
  addOneCall(api, deps, {
    path: '/v1/images/cutout',
    processor: 'image.cutout',
    fileFields: ['image', 'file'],
    summary: 'Background off: image in, cut-out out',
  });
};
