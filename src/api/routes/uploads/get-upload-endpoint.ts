import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { AppError } from '#kernel/errors.ts';
import type { Region, Route } from '../../deps.ts';
import { uploadsPath } from '../../tus-protocol.ts';

const schema = {
  summary: 'Where to upload from here',
  description:
    'Leads to `/v1/uploads` of the region that is named, else of the one for the country that the CDN in front says the ' +
    'request comes from, else of this server.',
  tags: ['uploads'],
  querystring: Type.Object({ region: Type.Optional(Type.String({ maxLength: 40 })) }, { additionalProperties: false }),
};

/** As Cloudflare, Vercel and CloudFront call it. */
const countryHeaders = ['cf-ipcountry', 'x-vercel-ip-country', 'cloudfront-viewer-country'];

export const getUploadEndpoint: Route = (api, { config }) => {
  const regions = config.regions ?? [];
  api.get(`${uploadsPath}/endpoint`, { schema }, async (request, reply) => {
    const { region: name } = request.query;
    const region = name === undefined ? regionOf(countryOf(request), regions) : named(name, regions);
    return reply
      .code(307)
      .header('location', `${region?.origin ?? ''}${uploadsPath}`)
      .send();
  });
};

/** @throws AppError INVALID_PARAMETERS */
function named(name: string, regions: readonly Region[]): Region {
  const region = regions.find((one) => one.name === name);
  if (region !== undefined) return region;
  const names = regions.map((one) => one.name);
  const there = names.length === 0 ? 'there are none here' : `there are ${names.join(', ')}`;
  throw new AppError('INVALID_PARAMETERS', `No region has this name; ${there}.`, { extensions: { regions: names } });
}

function regionOf(country: string | undefined, regions: readonly Region[]): Region | undefined {
  return regions.find(({ countries }) => country !== undefined && countries.includes(country));
}

/** Only a proxy that is trusted is believed; it says whom it speaks for. */
function countryOf({ ips, headers }: FastifyRequest): string | undefined {
  if ((ips?.length ?? 0) < 2) return undefined;
  const [country] = countryHeaders.map((name) => headers[name]).filter((value) => typeof value === 'string');
  return country?.toUpperCase();
}
