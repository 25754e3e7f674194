import { resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { spokenOnly } from "./delivery.ts";
import { icons } from "./icons.ts";

const page = (name: string) => resolve(import.meta.dirname, `src/${name}.ts`);

/** One entry per page; Flask reads the manifests and links what a page needs. */
export default defineConfig({
  base: "/static/app/",
  logLevel: "warn",
  plugins: [spokenOnly(), icons()],
  build: {
    target: "es2022",
    manifest: true,
    outDir: "dist",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        site: page("pages/site"),
        patient: page("call/patient"),
        workspace: page("call/workspace"),
        staff: page("pages/staff"),
        chart: page("pages/chart"),
      },
    },
  },
  test: { environment: "happy-dom", include: ["src/**/*.test.ts"] },
});
