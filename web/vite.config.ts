import { resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { compressed, websocketOnly } from "./delivery.ts";
import { icons } from "./icons.ts";

const page = (name: string) => resolve(import.meta.dirname, `src/${name}.ts`);

/** One entry per page; Flask reads the manifest and links what a page needs. */
export default defineConfig({
  base: "/static/app/",
  plugins: [websocketOnly(), icons(), compressed()],
  build: {
    target: "es2022",
    manifest: true,
    outDir: "dist",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        site: page("pages/site"),
        early: page("call/early"),
        patient: page("call/patient"),
        workspace: page("call/workspace"),
        staff: page("pages/staff"),
        chart: page("pages/chart"),
      },
    },
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.ts"] },
});
