/** Who is in the room with us, each with the page they are on, and which of our connections that leaves standing. */
import type { Addressed, Mesh } from "./mesh";
import { seating } from "./obey";
import type { Roster } from "./protocol";
import type { Call } from "./state";
import { Threshold } from "./threshold";

export class Seated {
  readonly threshold: Threshold;
  #here: ReadonlySet<string> = new Set();
  /** The page of each person for which we have, or await, a connection. */
  #pages = new Map<string, string>();

  constructor(send: (message: Addressed) => void, letGo: (peer: string) => void) {
    this.threshold = new Threshold(send, letGo);
  }

  get here(): ReadonlySet<string> {
    return this.#here;
  }

  clear(): void {
    this.#here = new Set();
    this.threshold.clear();
  }

  expect(peer: string): void {
    this.#pages.delete(peer);
    this.threshold.expect(peer);
  }

  /** A new roster: whom media still reaches although they are not in it, and who has just come in answered. */
  take({ peers, answer_to: answerTo = null }: Roster, call: Call, mesh: Mesh): { kept: string[]; crossed: string | null } {
    this.#here = new Set(peers.map((each) => each.peer));
    const crossed = this.threshold.crossed(this.#here, answerTo);
    const known = [...mesh.peers.keys()].filter((peer) => !this.threshold.isExpected(peer));
    const { kept, stale } = seating(peers, call, new Map(known.map((peer) => [peer, this.#pages.get(peer)])));
    for (const peer of stale) {
      if (this.#here.has(peer)) mesh.abandon(peer);
      else mesh.drop(peer);
    }
    for (const { peer, page } of peers) this.#pages.set(peer, page);
    return { kept, crossed };
  }
}
