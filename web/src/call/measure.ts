/** Every five seconds: how is it going with each person; the ladder acts on it, the page says it, web keeps it. */
import { apply, ladderWords, nextRung, rungOf, startLadder, type Ladder } from "./ladder";
import type { CallUrls } from "./page";
import type { Mesh } from "./mesh";
import type { Peer } from "./peer";
import { report, words } from "./quality";
import { between, count, type Counters, type Sample } from "./stats";
import type { Store } from "./state";
import { post, tell } from "./web";
import { nameOf } from "./words";
import { PAGE_ID } from "./tab";

const SAMPLE_MS = 5_000;
const REPORT_MS = 30_000;
const MOST_SAMPLES = 60;
/** The browser finds its own speed first; a judgement in the first ten seconds would be unfair. */
const WARM_UP_SAMPLES = 2;
const SLOW_ROAD_MS = 900;

interface Measured {
  pc: RTCPeerConnection;
  last: Counters;
  samples: number;
  ladder: Ladder;
}

export class Measure {
  #measured = new Map<string, Measured>();
  #theirsPoor = new Map<string, boolean>();
  #unsent: Record<string, string | number>[] = [];
  #saidPoor = false;

  constructor(
    private readonly store: Store,
    private readonly mesh: () => Mesh | null,
    private readonly urls: Partial<CallUrls>,
    private readonly ownRoundTrip: () => number,
  ) {
    setInterval(() => void this.#sample(), SAMPLE_MS);
    setInterval(() => this.#send(), REPORT_MS);
    addEventListener("pagehide", () => this.flush());
  }

  /** Their browser says how its own road to the clinic is. */
  heardRoad(peer: string, poor: boolean): void {
    this.#theirsPoor.set(peer, poor);
  }

  /** The last samples go out when the call ends or the page closes. */
  flush(): void {
    const samples = this.#unsent.splice(0);
    if (samples.length > 0) tell(this.urls.quality, { samples });
  }

  async #sample(): Promise<void> {
    const mesh = this.mesh();
    if (!mesh) return this.flush();
    const said: string[] = [];
    let lowest = "";
    for (const [id, peer] of mesh.peers) {
      const measured = await this.#measure(id, peer, mesh.peers.size);
      const person = this.store.call.people[id];
      if (!measured || !person) continue;
      const roads = { oursPoor: this.#isOursPoor(), theirsPoor: this.#theirsPoor.get(id) ?? person.hidden };
      said.push(words(measured.sample, roads, nameOf(this.store.call, person)));
      lowest ||= ladderWords(rungOf(measured.ladder));
      this.#unsent.push(report(measured.sample));
    }
    this.store.send({ type: "quality", words: said.find((each) => each !== "") ?? "" });
    this.store.send({ type: "ladder", words: this.store.call.cameraOn ? lowest : "" });
    this.#tellRoad(mesh);
  }

  async #measure(id: string, peer: Peer, others: number): Promise<{ sample: Sample; ladder: Ladder } | null> {
    const { pc } = peer;
    if (pc.connectionState !== "connected") return null;
    const now = count(await pc.getStats() as unknown as Iterable<[string, unknown]>, performance.now());
    const before = this.#measured.get(id);
    if (before?.pc !== pc) {
      this.#measured.set(id, { pc, last: now, samples: 0, ladder: startLadder(others) });
      return null;
    }
    const sample = between(before.last, now);
    const ladder = before.samples < WARM_UP_SAMPLES ? before.ladder : nextRung(before.ladder, sample);
    const sender = peer.connection.videoSender;
    if (sender?.track && rungOf(ladder) !== rungOf(before.ladder)) await apply(sender, rungOf(ladder));
    this.#measured.set(id, { pc, last: now, samples: before.samples + 1, ladder });
    return { sample, ladder };
  }

  #isOursPoor(): boolean {
    return this.ownRoundTrip() > SLOW_ROAD_MS || !this.store.call.signaling;
  }

  #tellRoad(mesh: Mesh): void {
    const poor = this.#isOursPoor();
    if (poor === this.#saidPoor) return;
    if (mesh.say({ t: "road", poor }) > 0) this.#saidPoor = poor;
  }

  #send(): void {
    if (this.#unsent.length === 0 || !this.urls.quality) return;
    const samples = this.#unsent.splice(0);
    // Not sent now: sent with the next, but never more than web takes at once.
    post(this.urls.quality, { page: PAGE_ID, samples }).catch(() => {
      this.#unsent = [...samples, ...this.#unsent].slice(-MOST_SAMPLES);
    });
  }
}

