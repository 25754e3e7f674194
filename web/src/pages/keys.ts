/** Single keys: off while writing, and switchable off (WCAG 2.1.4). Inside the chart's frame they are passed to the workspace. */
import { all, one } from "../call/page";
import { openDialog } from "../call/dialogs";

export type Keys = Record<string, () => void>;
const SWITCH = "mooring-keys";

function areOn(): boolean {
  return localStorage.getItem(SWITCH) !== "off";
}

export function isWriting(target: EventTarget | null): boolean {
  const element = target instanceof Element ? target : null;
  return element?.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]") != null;
}

export function listenToKeys(keys: Keys): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (isWriting(event.target) || one("dialog[open]")) return;
    if (event.key === "?") {
      event.preventDefault();
      return void openDialog("keys");
    }
    const act = areOn() ? keys[event.key] : undefined;
    if (!act) return;
    event.preventDefault();
    act();
  });
  for (const box of all<HTMLInputElement>("[data-keys-on]")) {
    box.checked = areOn();
    box.addEventListener("change", () => localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
  }
}

/** In a framed chart page the note is one key away all the same. */
export function passKeysUp(): void {
  if (parent === window) return;
  document.documentElement.toggleAttribute("data-framed", true);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target) || event.key.length !== 1) return;
    const passed = new KeyboardEvent("keydown", { key: event.key, bubbles: true, cancelable: true });
    if (!parent.document.body.dispatchEvent(passed)) event.preventDefault();
  });
}

/** j and k move between rows, Enter opens the row that is focused, a opens the confirm-who card. */
export const rowKeys: Keys = {
  j: () => step(1),
  k: () => step(-1),
  Enter: () => {
    const row = document.activeElement;
    if (row instanceof HTMLElement && row.matches("[data-row]")) one<HTMLElement>("[data-open]", row)?.click();
    else if (row instanceof HTMLElement) row.click();
  },
  a: () => {
    const row = document.activeElement?.closest("[data-row]");
    (row ? one<HTMLElement>("[data-who]", row) : null)?.click();
  },
};

function step(by: number): void {
  const rows = all("[data-row]");
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[here < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, here + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}
