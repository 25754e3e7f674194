import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BuildOptions, Plugin } from "vite";

/** Where the server delivers from; the same for both builds. */
export const PLACE = { base: "/static/app/", logLevel: "warn" } as const;
export const BUILT: BuildOptions = { target: "es2022", outDir: "dist", modulePreload: { polyfill: false } };

/** Our sockets are WebSockets only, carry text, and each has a manager of its own: the page need not carry the rest. */
const SPOKEN: [RegExp, string][] = [
  [
    /engine\.io-client\/build\/esm\/index\.js$/,
    'export { Socket } from "./socket.js";\nexport { installTimerFunctions } from "./util.js";\nexport { nextTick } from "./globals.node.js";\nexport { WS as WebSocket } from "./transports/websocket.js";\n',
  ],
  [
    /engine\.io-client\/build\/esm\/transports\/index\.js$/,
    'import { WS } from "./websocket.js";\nexport const transports = { websocket: WS };\n',
  ],
  [
    /socket\.io-client\/build\/esm\/index\.js$/,
    'export { Manager } from "./manager.js";\nexport { Socket } from "./socket.js";\nexport { WebSocket } from "engine.io-client";\n',
  ],
  [
    /socket\.io-parser\/build\/esm\/is-binary\.js$/,
    "export const isBinary = () => false;\nexport const hasBinary = () => false;\n",
  ],
  [
    /socket\.io-parser\/build\/esm\/binary\.js$/,
    "export const deconstructPacket = () => undefined;\nexport const reconstructPacket = () => undefined;\n",
  ],
  [/engine\.io-parser\/build\/esm\/contrib\/base64-arraybuffer\.js$/, "export const decode = () => undefined;\n"],
];

export function spokenOnly(): Plugin {
  return {
    name: "spoken-only",
    enforce: "pre",
    load(id) {
      return SPOKEN.find(([module]) => module.test(id))?.[1] ?? null;
    },
  };
}

/** Leaves a compressed copy beside each text file; the server sends it to whoever can read it. */
export function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    writeBundle({ dir }) {
      if (!dir) return;
      for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(js|css|svg)$/.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const text = readFileSync(path);
        writeFileSync(`${path}.gz`, gzipSync(text, { level: 9 }));
        writeFileSync(`${path}.br`, brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
      }
    },
  };
}
