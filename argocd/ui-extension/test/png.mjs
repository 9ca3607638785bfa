// Makes small PNGs for the documentation: 256 colours at most, which text and a few areas need no more of.
import { deflateSync } from 'node:zlib';

/** Runs in the page: the picture's size, its palette, and the number of a colour of that for each dot. */
async function reduced(base64) {
  const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(bitmap, 0, 0);
  const dots = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
  const counts = new Map();
  for (const dot of dots) counts.set(dot, (counts.get(dot) ?? 0) + 1);
  // of colours that are nearly the same, the most frequent stands for all: so that the shades of black text leave room for others
  const frequent = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a));
  const seen = new Set();
  const palette = frequent.filter((dot) => !seen.has(dot & 0xf8f8f8) && seen.add(dot & 0xf8f8f8)).slice(0, 256);
  const parts = (dot) => [dot & 255, (dot >> 8) & 255, (dot >> 16) & 255];
  const distance = (a, b) => parts(a).reduce((sum, part, index) => sum + (part - parts(b)[index]) ** 2, 0);
  const numbers = new Map();
  for (const dot of counts.keys()) {
    let nearest = 0;
    palette.forEach((colour, index) => {
      if (distance(dot, colour) < distance(dot, palette[nearest])) nearest = index;
    });
    numbers.set(dot, nearest);
  }
  return { width, height, palette: palette.flatMap(parts), dots: [...dots].map((dot) => numbers.get(dot)) };
}

/** The checksum of PNG's chunks; node:zlib has it only since Node 20. */
function crc32(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

export async function small(page, png) {
  const { width, height, palette, dots } = await page.evaluate(reduced, png.toString('base64'));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8); // 8 bits a dot, by palette
  const rows = Buffer.alloc((width + 1) * height);
  for (let row = 0; row < height; row++) rows.set(dots.slice(row * width, (row + 1) * width), row * (width + 1) + 1);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette)),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
