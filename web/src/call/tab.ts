/** Tells tabs and page loads apart: a reload keeps its tab, a duplicated tab gets a new one. */
import { takeBegun } from "./begun";

const KEY = "mooring-tab";
/** A reloaded page may find the lock of its own former life still held for a moment. */
const PATIENCE_MS = 500;

export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** One page load; a peer whose page changes has lost its connections. */
export const PAGE_ID = takeBegun("page") ?? newId();

/** Takes the lock until `letGo` (or until the page goes); false when another page keeps it all the while. */
function hold(name: string, letGo = new Promise<void>(() => undefined)): Promise<boolean> {
  // Absent on a page without TLS; then every tab counts as the first.
  if (!(navigator.locks as LockManager | undefined)) return Promise.resolve(true);
  return new Promise((resolve) => {
    const given = { signal: AbortSignal.timeout(PATIENCE_MS) };
    navigator.locks
      .request(`${KEY}-${name}`, given, () => {
        resolve(true);
        return letGo;
      })
      .catch(() => resolve(false));
  });
}

/** A reload is the same tab for certain; one that is duplicated or opened again may be a second. */
function isReload(): boolean {
  const [way] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return way?.type === "reload";
}

/** The id of a tab that was only loaded again. */
export function reloadedTab(): string | null {
  return isReload() ? sessionStorage.getItem(KEY) : null;
}

/** The id of this tab: kept over a reload, never shared by two tabs that live at the same time. */
export async function tabId(): Promise<string> {
  const reloaded = reloadedTab();
  if (reloaded) {
    void hold(reloaded); // the former life of this page lets go of it in a moment
    return reloaded;
  }
  let id = sessionStorage.getItem(KEY) ?? newId();
  if (!(await hold(id))) {
    id = newId();
    await hold(id);
  }
  sessionStorage.setItem(KEY, id);
  return id;
}

const IN_CALL = "mooring-in-call";
const SOCKET = "mooring-socket";

/** What a reload in mid-call must bring back: above all, who was muted stays muted. */
export interface InCall {
  visit: string;
  micOn: boolean;
  cameraOn: boolean;
}

export function inCallBefore(visit: string): InCall | null {
  const kept = sessionStorage.getItem(IN_CALL);
  if (!kept) return null;
  const before = JSON.parse(kept) as InCall;
  return before.visit === visit ? before : null;
}

export function rememberInCall(now: InCall | null): void {
  if (now === null) [IN_CALL, SOCKET].forEach((key) => sessionStorage.removeItem(key));
  else sessionStorage.setItem(IN_CALL, JSON.stringify(now));
}

/** Where signaling was: a reload in mid-call very likely finds it there again. */
export function socketBefore(): string | null {
  return sessionStorage.getItem(SOCKET);
}

export function rememberSocket(url: string): void {
  sessionStorage.setItem(SOCKET, url);
}

let fallSilent: () => void = () => undefined;

/** True when another window of this browser already speaks: two live microphones in one room howl. */
export async function anotherWindowSpeaks(): Promise<boolean> {
  stopSpeaking();
  const silent = new Promise<void>((resolve) => { fallSilent = resolve; });
  return !(await hold("microphone", silent));
}

/** This page has left the call; another window may speak. */
export function stopSpeaking(): void {
  fallSilent();
}
