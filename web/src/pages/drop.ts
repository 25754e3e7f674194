/** The patient's line is lost: shows the plan of TEL-8 and what of it is due; it does nothing by itself (TEL-16). */
import { all, one } from "../call/page";
import { elapsed } from "./live";

/** A shorter gap is a stutter, not a loss. */
const STUTTER_MS = 3_000;

export function watchDrop(): void {
  const root = document.documentElement;
  let lostAt: number | null = null;
  let wasConnected = false;
  new MutationObserver(() => {
    const now = root.dataset.call;
    if (now === "connected") wasConnected = true;
    const isLost = wasConnected && (now === "reconnecting" || now === "connecting");
    if (now === "left" || now === "ended" || now === "moved") wasConnected = false;
    lostAt = isLost ? (lostAt ?? Date.now()) : null;
  }).observe(root, { attributes: true, attributeFilter: ["data-call"] });
  setInterval(() => show(lostAt), 1_000);
}

function show(lostHere: number | null): void {
  const panel = one("[data-drop]");
  if (!panel) return;
  const lostThere = panel.dataset.lost ? Date.parse(panel.dataset.lost) : null;
  const since = lostThere ?? lostHere;
  const isShown = since !== null && Date.now() - since >= STUTTER_MS;
  if (panel.hidden === isShown) panel.hidden = !isShown;
  if (!isShown || since === null) return;
  const seconds = (Date.now() - since) / 1_000;
  const clock = one("[data-drop-clock]", panel);
  if (clock) clock.textContent = elapsed(seconds);
  for (const step of all<HTMLLIElement>("[data-after]", panel)) {
    step.toggleAttribute("data-due", seconds >= Number(step.dataset.after));
  }
}
