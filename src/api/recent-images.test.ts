import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LocalListeners } from '#events/local-listeners.ts';
import { assetKey, type RecentImage, RecentImages, sharedRecentImages } from './recent-images.ts';

const image = (assetId: string): RecentImage => ({
  assetId,
  owner: { tenantId: 't', userId: 'u' },
  jobId: 'j',
  content: { sha256: 'ab', mediaType: 'image/webp', sizeBytes: 1, name: null },
});

test('the latest ten thousand are known for a minute', () => {
  const recent = new RecentImages();
  for (let at = 0; at < 10_000; at++) recent.set(`${at}`, image('a'), 0);
  assert.ok(recent.get('0', 59_999), 'used, and so later than the others');
  recent.set('one more', image('b'), 0);
  assert.deepEqual(
    [recent.get('0', 1) !== undefined, recent.get('1', 1), recent.get('2', 1)?.assetId],
    [true, undefined, 'a'],
  );
  assert.equal(recent.get('0', 60_000), undefined);
});

test('what was made from a removed upload is forgotten', () => {
  const recent = new RecentImages();
  for (const [address, assetId] of [
    ['1', 'a'],
    ['2', 'b'],
    ['3', 'a'],
  ] as const)
    recent.set(address, image(assetId));
  recent.forgetAsset('a');
  assert.deepEqual(
    ['1', '2', '3'].map((address) => recent.get(address)?.assetId),
    [undefined, 'b', undefined],
  );
  recent.forget('2');
  assert.equal(recent.get('2'), undefined);
});

test('all processes forget what one of them removed, and everything after a time of silence', () => {
  const fanOut = new LocalListeners();
  const [here, there] = [sharedRecentImages(fanOut), sharedRecentImages(fanOut)];
  for (const { images } of [here, there]) {
    images.set('1', image('a'));
    images.set('2', image('b'));
  }
  fanOut.tell('cache-dropped', [assetKey('a'), 'somebody-else:b']);
  for (const { images } of [here, there]) {
    assert.deepEqual(
      ['1', '2'].map((address) => images.get(address)?.assetId),
      [undefined, 'b'],
    );
  }
  here.close();
  fanOut.tell('cache-dropped');
  assert.deepEqual([here.images.get('2')?.assetId, there.images.get('2')], ['b', undefined]);
});
