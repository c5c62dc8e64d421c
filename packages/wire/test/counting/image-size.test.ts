import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageSize } from '../../src/counting/image-size.ts';
import { gif, jpeg, png, webpExtended, webpLossless, webpLossy } from './images.ts';

const images = { png, gif, jpeg, webpLossy, webpLossless, webpExtended };

for (const [format, image] of Object.entries(images)) {
  test(`the size of a ${format} stands in its first bytes`, () => {
    assert.deepEqual(imageSize(image(640, 480)), { width: 640, height: 480 });
    assert.deepEqual(imageSize(image(1, 1)), { width: 1, height: 1 });
  });

  test(`a ${format} that is cut has no size, and is no error`, () => {
    const whole = image(640, 480);
    for (let length = 0; length < whole.length; length += 1) {
      const size = imageSize(whole.subarray(0, length));
      assert.ok(size === null || (size.width > 0 && size.height > 0));
    }
    assert.equal(imageSize(whole.subarray(0, 6)), null);
  });
}

test('what is no image has no size', () => {
  for (const bytes of [
    [],
    [0],
    [0xff, 0xd8, 0xff, 0xd9],
    [0x89, 0x50, 0x4e, 0x47],
    Array.from('%PDF-1.7', (l) => l.charCodeAt(0)),
  ])
    assert.equal(imageSize(Uint8Array.from(bytes)), null);
});
