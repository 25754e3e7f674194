/** What to do about a connection that fell silent: new roads first, then a new connection. */

export type Remedy = "none" | "restart" | "rebuild";

/** How one connection has been doing; all times in ms of one clock. */
export interface Trouble {
  /** Since when it has been bad, or null while it is well. */
  since: number | null;
  restarts: number;
  triedAt: number;
}

export const WELL: Trouble = { since: null, restarts: 0, triedAt: 0 };

export interface Observation {
  now: number;
  /** ICE and DTLS say connected. */
  connected: boolean;
  failed: boolean;
  /** Since when no packet has come although packets were coming, or null. */
  silentSince: number | null;
  /** The browser has just said that the network is another one. */
  networkChanged: boolean;
}

export const PATIENCE_MS = 2_000;
const RESTART_APART_MS = 4_000;
const RESTARTS = 2;
const REBUILD_MS = 15_000;

/** The next step and what to remember; two failed restarts or 15 s without media end in a rebuild. */
export function remedy(trouble: Trouble, seen: Observation): { remedy: Remedy; trouble: Trouble } {
  const silent = seen.silentSince !== null && seen.now - seen.silentSince >= PATIENCE_MS;
  if (seen.connected && !silent && !seen.networkChanged) return { remedy: "none", trouble: WELL };
  const since = trouble.since ?? (seen.silentSince ?? seen.now);
  const known = { ...trouble, since };
  const isDue = seen.networkChanged || seen.failed || seen.now - since >= PATIENCE_MS;
  const isTooSoon = known.triedAt > 0 && seen.now - known.triedAt < RESTART_APART_MS;
  if (!isDue || isTooSoon) return { remedy: "none", trouble: known };
  if (known.restarts >= RESTARTS || seen.now - since >= REBUILD_MS) {
    return { remedy: "rebuild", trouble: { since: seen.now, restarts: 0, triedAt: seen.now } };
  }
  return { remedy: "restart", trouble: { ...known, restarts: known.restarts + 1, triedAt: seen.now } };
}

/** Hears whether packets come, from the receivers' own clocks: costs no statistics. */
export class Ear {
  #last = "";
  #changedAt = 0;
  #told = true;

  constructor(private readonly pc: Pick<RTCPeerConnection, "getReceivers">) {}

  /** Since when it is silent, said once for each silence: who unplugged a microphone stays silent. */
  silentSince(now: number): number | null {
    const sign = this.pc
      .getReceivers()
      .flatMap((receiver) => receiver.getSynchronizationSources())
      .map((source) => source.rtpTimestamp)
      .join();
    if (sign !== this.#last) {
      this.#last = sign;
      this.#changedAt = now;
      this.#told = false;
    }
    if (this.#told || now - this.#changedAt < PATIENCE_MS) return null;
    this.#told = true;
    return this.#changedAt;
  }
}
