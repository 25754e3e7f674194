import { resolve } from "node:path";
import { defineConfig } from "vite";
import { BUILT, compressed, PLACE } from "./delivery.ts";

/** The script that runs while a page is being read: one file that waits for no other, built after the entries and beside them. */
export default defineConfig({
  ...PLACE,
  plugins: [compressed()],
  build: {
    ...BUILT,
    manifest: ".vite/early.json",
    emptyOutDir: false,
    rollupOptions: {
      input: { early: resolve(import.meta.dirname, "src/call/early.ts") },
      output: { format: "iife" },
    },
  },
});
