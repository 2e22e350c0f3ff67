import type { Route } from '../../deps.ts';
import { addOneCall } from '../../one-call.ts';

export const audioAnalysis: Route = (api, deps) => {
  addOneCall(api, deps, {
    path: '/v1/audio/analysis',
    processor: 'audio.analysis',
    fileFields: ['file', 'audio'],
    summary: 'Recording in, analysis out: loudness, balance, stereo, tempo, key, and what to do about them',
    // A second input is what the first is held against.
    extras: { fields: ['reference'], place: (params) => params },
  });
};
