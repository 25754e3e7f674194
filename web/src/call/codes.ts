/** Runs the safety code with each person, once for every connection. */
import type { ChannelMessage } from "./channel";
import { ownCertificate } from "./connection";
import type { Mesh } from "./mesh";
import type { CallPage } from "./page";
import { Exchange, ownFingerprint, theirFingerprint, type Verdict } from "./safety_code";
import { pause } from "./session";
import type { Store } from "./state";

/** The first picture is on its way; nobody reads six digits before it. */
const PICTURE_FIRST_MS = 500;

export class Codes {
  #exchanges = new Map<string, Promise<Exchange | null>>();

  constructor(
    private readonly page: CallPage,
    private readonly store: Store,
    private readonly mesh: () => Mesh | null,
    /** The room both sides are in: it stays when the visit becomes a safety visit, the visit's id does not. */
    private readonly place: () => string,
    private readonly broken: (peer: string) => void,
  ) {}

  /** The channel of a connection is open: its certificates are in use and known. */
  opened(id: string): void {
    const pc = this.mesh()?.peers.get(id)?.pc;
    this.#exchanges.set(id, pause(PICTURE_FIRST_MS).then(() => this.#begin(id, pc)));
  }

  heard(id: string, message: ChannelMessage): void {
    void this.#exchanges.get(id)?.then((exchange) => exchange?.heard(message));
  }

  async #begin(id: string, pc: RTCPeerConnection | undefined): Promise<Exchange | null> {
    const peer = this.mesh()?.peers.get(id);
    const person = this.store.call.people[id];
    if (!peer || !person || !pc || peer.pc !== pc) return null;
    const { talk } = peer;
    const own = ownFingerprint(await ownCertificate(), pc);
    const theirs = await theirFingerprint(pc);
    if (!own || !theirs) return null;
    const self = { peer: this.page.self, role: this.page.role, fingerprint: own };
    const other = { peer: id, fingerprint: theirs };
    return new Exchange(self, other, this.place(), (message) => talk.say(message), (verdict) => {
      if (this.mesh()?.peers.get(id)?.pc === pc) this.#show(id, verdict);
    });
  }

  #show(peer: string, verdict: Verdict): void {
    if (verdict.kind === "code") {
      const { digits: code, words } = verdict.code;
      this.store.send({ type: "code", peer, code, words, state: "ready" });
    } else {
      this.store.send({ type: "code", peer, code: "", words: "", state: "mismatch" });
      this.broken(peer);
    }
  }
}
