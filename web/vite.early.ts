import { resolve } from "node:path";
import { defineConfig } from "vite";
import { compressed } from "./delivery.ts";

/** The script that runs while a page is being read: one file that waits for no other, beside the entries and after them. */
export default defineConfig({
  base: "/static/app/",
  logLevel: "warn",
  plugins: [compressed()],
  build: {
    target: "es2022",
    manifest: ".vite/early.json",
    outDir: "dist",
    emptyOutDir: false,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { early: resolve(import.meta.dirname, "src/call/early.ts") },
      output: { format: "iife" },
    },
  },
});
