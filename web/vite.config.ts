import { resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { BUILT, PLACE, spokenOnly } from "./delivery.ts";
import { icons } from "./icons.ts";

const page = (name: string) => resolve(import.meta.dirname, `src/${name}.ts`);

/** One entry per page; Flask reads the manifests and links what a page needs. */
export default defineConfig({
  ...PLACE,
  plugins: [spokenOnly(), icons()],
  build: {
    ...BUILT,
    manifest: true,
    assetsInlineLimit: 0,
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
