import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Plugin } from "vite";
import { mark } from "./mark.ts";

/** The drawings we use, by their Lucide name; add a name here and `icon("name")` knows it in templates. */
const NAMES = [
  "anchor", "arrow-left", "arrow-right", "bell", "bell-off", "calendar", "captions", "check", "chevron-down", "chevron-left",
  "circle-alert", "circle-check", "clipboard-list", "clock", "copy", "door-open", "ear", "ellipsis", "external-link", "eye", "eye-off",
  "file-text", "hand", "info", "keyboard", "life-buoy", "link", "lock", "log-out", "map-pin", "message-circle", "message-square-text",
  "mic", "mic-off", "monitor-up", "phone", "phone-off", "picture-in-picture-2", "plus", "printer", "refresh-cw", "search", "send",
  "settings-2", "shield-check", "siren", "switch-camera", "triangle-alert", "undo-2", "user", "user-check", "user-plus", "user-x",
  "users", "video", "video-off", "volume-2", "wifi", "wifi-off", "wind", "x",
];

const DRAWN = 'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';

/** One sprite, `icons.svg`, from lucide-static (ISC): `<use href="…/icons.svg#mic">` needs no inline drawing. */
export function icons(): Plugin {
  const folder = resolve(import.meta.dirname, "node_modules/lucide-static/icons");
  const lines = (name: string): string => {
    const drawing = readFileSync(resolve(folder, `${name}.svg`), "utf8");
    const inside = drawing.slice(drawing.indexOf(">", drawing.indexOf("<svg")) + 1, drawing.lastIndexOf("</svg>"));
    return inside.replace(/\s+/g, " ").trim();
  };
  const symbol = (name: string): string => `<symbol id="${name}" ${DRAWN}>${lines(name)}</symbol>`;
  return {
    name: "mooring-icons",
    apply: "build",
    generateBundle() {
      const source = `<svg xmlns="http://www.w3.org/2000/svg"><!-- Lucide, ISC licence -->${NAMES.map(symbol).join("")}</svg>\n`;
      this.emitFile({ type: "asset", fileName: "icons.svg", source });
      this.emitFile({ type: "asset", fileName: "mark.png", source: mark() });
    },
  };
}
