/** Somebody who is being let in: answered while web decides, and told so when they are in (decision 0008). */
import type { Addressed } from "./mesh";

/** Who is not in by then is let go of. */
const EXPECTED_MS = 5_000;

export class Threshold {
  #peer: string | null = null;
  #kept: Addressed[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly send: (message: Addressed) => void, private readonly drop: (peer: string) => void) {}

  /** From now on what we say to them stays here. */
  expect(peer: string): void {
    this.clear();
    this.#peer = peer;
    this.#timer = setTimeout(() => this.unexpect(peer), EXPECTED_MS);
  }

  /** Web has decided otherwise. */
  unexpect(peer: string): void {
    if (!this.isExpected(peer)) return;
    this.clear();
    this.drop(peer);
  }

  /** Nobody is expected, and nothing of what was kept will be said. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#peer = null;
    this.#kept = [];
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
    const kept = this.#kept;
    this.clear();
    kept.forEach(this.send);
    return peer;
  }
}
