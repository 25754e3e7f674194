/** Somebody who is being let in: answered while web decides, and told so when they are in (decision 0008). */
import type { Addressed } from "./mesh";

/** Who is not in by then is let go of. */
const EXPECTED_MS = 5_000;

export class Threshold {
  #peer: string | null = null;
  #kept: Addressed[] = [];

  constructor(private readonly send: (message: Addressed) => void, private readonly drop: (peer: string) => void) {}

  /** From now on what we say to them stays here. */
  expect(peer: string): void {
    this.#peer = peer;
    this.#kept = [];
    setTimeout(() => this.unexpect(peer), EXPECTED_MS);
  }

  /** Web has decided otherwise. */
  unexpect(peer: string): void {
    if (this.#peer !== peer) return;
    this.#peer = null;
    this.drop(peer);
  }

  /** We are out ourselves, and so is everybody with whom we were connected. */
  clear(): void {
    this.#peer = null;
  }

  isExpected(peer: string): boolean {
    return this.#peer === peer;
  }

  say(message: Addressed): void {
    if (this.isExpected(message.to)) this.#kept.push(message);
    else this.send(message);
  }

  /** A roster: who is in now, and to whose offer our answer belongs; says who has crossed with it. */
  crossed(seated: ReadonlySet<string>, answerTo: string | null): string | null {
    const peer = this.#peer;
    if (peer === null || !seated.has(peer)) return null;
    if (peer !== answerTo) {
      this.unexpect(peer); // another page of theirs: its offer comes by itself
      return null;
    }
    this.#peer = null;
    this.#kept.splice(0).forEach(this.send);
    return peer;
  }
}
