import { crc32, deflateSync } from "node:zlib";

const SIZE = 32;
const RADIUS = 10;
const WIDTH = 6;
const HARBOUR = [0x3f, 0x8c, 0x99] as const;

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const around = Buffer.alloc(8);
  around.writeUInt32BE(data.length, 0);
  around.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([around.subarray(0, 4), body, around.subarray(4)]);
}

/** How much of this pixel the ring covers, 0 to 255. */
function covered(x: number, y: number): number {
  const middle = (SIZE - 1) / 2;
  const within = WIDTH / 2 - Math.abs(Math.hypot(x - middle, y - middle) - RADIUS);
  return Math.round(255 * Math.min(1, Math.max(0, within + 0.5)));
}

/**
 * The tab's picture, a mooring ring, which tells nothing. A PNG: for an SVG a browser lays out a document of its own
 * on the thread of the page, twice, just when a call is coming back after a reload.
 */
export function mark(): Buffer {
  const row = (y: number): number[] => [0, ...Array.from({ length: SIZE }, (_, x) => [...HARBOUR, covered(x, y)]).flat()];
  const pixels = Buffer.from(Array.from({ length: SIZE }, (_, y) => row(y)).flat());
  const head = Buffer.from([0, 0, 0, SIZE, 0, 0, 0, SIZE, 8, 6, 0, 0, 0]);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", deflateSync(pixels)), chunk("IEND", Buffer.alloc(0))]);
}
