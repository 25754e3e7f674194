/** Looks after all connections once a second and brings back those that fell silent. */
import type { Mesh } from "./mesh";
import { Ear, remedy, WELL, type Trouble } from "./recovery";
import type { Store } from "./state";

const LOOK_MS = 1_000;
/** A new connection may take this long; then it is in trouble, and the page says so (row 3 of the asks). */
const STUCK_MS = 10_000;

interface Watched {
  pc: RTCPeerConnection;
  bornAt: number;
  ear: Ear;
  trouble: Trouble;
}

export interface Roads {
  /** A socket that may be dead unnoticed is replaced, and with it the TURN credentials. */
  reopen(): void;
}

type NetworkInformation = EventTarget & { type?: string };

export class Watch {
  #watched = new Map<string, Watched>();
  #connectingSince: number | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;
  #network = (navigator as Navigator & { connection?: NetworkInformation }).connection;
  #networkType = this.#network?.type;

  constructor(private readonly mesh: Mesh, private readonly roads: Roads, private readonly store: Store) {}

  start(): void {
    if (this.#timer) return;
    this.#timer = setInterval(() => this.#look(false), LOOK_MS);
    addEventListener("online", this.#online);
    this.#network?.addEventListener("change", this.#otherNetwork);
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    removeEventListener("online", this.#online);
    this.#network?.removeEventListener("change", this.#otherNetwork);
  }

  #online = (): void => this.#look(true);

  /** The browser also tells when only its guess of the speed changes; the kind of network decides. */
  #otherNetwork = (): void => {
    const type = this.#network?.type;
    if (type !== this.#networkType && type !== "none") this.#look(true);
    this.#networkType = type;
  };

  #look(networkChanged: boolean): void {
    const now = performance.now();
    for (const [id, peer] of this.mesh.peers) {
      const watched = this.#of(id, peer.pc, now);
      const state = peer.pc.connectionState;
      const isYoung = peer.isConnecting && now - watched.bornAt < STUCK_MS;
      const step = remedy(watched.trouble, {
        now,
        connected: state === "connected" || isYoung,
        failed: state === "failed",
        silentSince: state === "connected" ? watched.ear.silentSince(now) : null,
        networkChanged,
      });
      watched.trouble = step.trouble;
      if (step.remedy === "none") continue;
      this.roads.reopen();
      if (step.remedy === "restart") peer.restart();
      else peer.rebuild();
    }
    this.#watchdog(now);
  }

  #of(id: string, pc: RTCPeerConnection, now: number): Watched {
    const known = this.#watched.get(id);
    if (known?.pc === pc) return known;
    const watched = { pc, bornAt: now, ear: new Ear(pc), trouble: WELL };
    this.#watched.set(id, watched);
    return watched;
  }

  /** Ten seconds after admission without sound or picture is said in words, with the phone beside it. */
  #watchdog(now: number): void {
    const { stage, people, stuck: was } = this.store.call;
    const links = Object.values(people).map((person) => person.link);
    const isTrying = stage === "admitted" && links.length > 0 && !links.includes("connected");
    this.#connectingSince = isTrying ? (this.#connectingSince ?? now) : null;
    const stuck = this.#connectingSince !== null && now - this.#connectingSince >= STUCK_MS;
    if (stuck !== was) this.store.send({ type: "stuck", stuck });
  }
}
