/** Keeps a call from being lost by accident: reload, Back, a sleeping screen, an app's own browser. */
import { platformOf } from "../devices/platform";
import { all, one, say } from "./page";
import { phase, type Phase, type Store } from "./state";

const IN_CALL: readonly Phase[] = ["connecting", "connected", "reconnecting"];
const AWAKE: readonly Phase[] = ["waiting", ...IN_CALL];

export function isInCall(store: Store): boolean {
  return IN_CALL.includes(phase(store.call));
}

/** The browser itself asks before the page of a running call closes. */
export function guardLeaving(store: Store): void {
  addEventListener("beforeunload", (event) => {
    if (isInCall(store)) event.preventDefault();
  });
}

/**
 * Back closes what is open first, then asks; it never drops the call (row 35 of the asks).
 * The step back that this takes is laid down while waiting: a browser spends 10 ms on it, and skips one made untouched.
 */
export function guardBack(store: Store, ask: () => void): void {
  const step = { mooring: "in-call" };
  let isLaid = (history.state as typeof step | null)?.mooring === step.mooring;
  const lay = (): void => {
    history.pushState(step, "");
    isLaid = true;
  };
  store.watch((call) => { if (!isLaid && AWAKE.includes(phase(call))) lay(); });
  addEventListener("popstate", () => {
    const wasOurs = isLaid;
    isLaid = (history.state as typeof step | null)?.mooring === step.mooring;
    if (!isInCall(store)) {
      if (wasOurs && !isLaid) history.back(); // nothing is lost here: to where they were before
      return;
    }
    if (!isLaid) lay();
    const open = all<HTMLDialogElement>("dialog[open]").at(-1);
    if (open) open.close();
    else ask();
  });
}

/** The screen stays on while somebody waits or talks; the lock is lost with each look elsewhere. */
export function keepAwake(store: Store): void {
  let lock: WakeLockSentinel | null = null;
  const wish = async (): Promise<void> => {
    const isWanted = AWAKE.includes(phase(store.call)) && !document.hidden;
    if (!isWanted || !("wakeLock" in navigator)) {
      await lock?.release();
      lock = null;
    } else if (!lock || lock.released) {
      // Refused on a low battery: the call goes on without.
      lock = await navigator.wakeLock.request("screen").catch(() => null);
    }
  };
  store.watch((call, before) => { if (phase(call) !== phase(before)) void wish(); });
  document.addEventListener("visibilitychange", () => void wish());
}

/** The other side is told when this page is in the background, for a phone may cut its sound. */
export function noticeBackground(store: Store): void {
  const tell = (): void => store.send({ type: "hidden", hidden: document.hidden });
  document.addEventListener("visibilitychange", tell);
  tell();
}

/** The browser inside another app, which often has no camera (row 22 of the asks). */
export function inAppBrowser(userAgent: string): "Safari" | "Chrome" | null {
  const { inApp, system } = platformOf(userAgent);
  if (!inApp) return null;
  return system === "ios" ? "Safari" : "Chrome";
}

export function offerEscape(userAgent = navigator.userAgent): void {
  const place = one("[data-in-app]");
  const better = inAppBrowser(userAgent);
  if (!place || !better) return;
  place.hidden = false;
  say("in-app-browser", better);
  // By the link: this page's own address opens nothing in another browser.
  say("in-app-steps", `Go back to our message. Hold the link, then choose “Open in ${better}”.`);
}
