/** The edge between call and chart: moved by mouse, by touch or by arrow keys, remembered in this tab. */
import { one } from "./page";

const KEY = "mooring-dock";
const STEP = 16;

export function dockResizes(): void {
  const edge = one("[role=separator][data-splitter]");
  if (!edge) return;
  const limit = (name: string): number => Number(edge.getAttribute(name));
  const set = (wanted: number): void => {
    const width = Math.round(Math.min(limit("aria-valuemax"), Math.max(limit("aria-valuemin"), wanted)));
    edge.setAttribute("aria-valuenow", String(width));
    edge.setAttribute("aria-valuetext", `${width} pixels wide`);
    document.documentElement.style.setProperty("--dock-width", `${width}px`);
    sessionStorage.setItem(KEY, String(width));
  };
  const kept = sessionStorage.getItem(KEY);
  if (kept) set(Number(kept));
  edge.addEventListener("pointerdown", (event) => {
    edge.setPointerCapture(event.pointerId);
    // The chart's frame would swallow the pointer.
    document.documentElement.toggleAttribute("data-resizing", true);
  });
  edge.addEventListener("pointermove", (event) => { if (edge.hasPointerCapture(event.pointerId)) set(event.clientX); });
  for (const end of ["pointerup", "pointercancel"]) {
    edge.addEventListener(end, () => document.documentElement.toggleAttribute("data-resizing", false));
  }
  edge.addEventListener("keydown", (event) => {
    const wanted = { ArrowLeft: limit("aria-valuenow") - STEP, ArrowRight: limit("aria-valuenow") + STEP,
      Home: limit("aria-valuemin"), End: limit("aria-valuemax") }[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    set(wanted);
  });
}
