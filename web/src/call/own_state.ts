/** Asks web for this person's own state, because removing and ending must work without signaling. */
import { Refused, type OwnState } from "./web";

const CALM_MS = 10_000;
const ALONE_MS = 3_000;

export class OwnStatePoll {
  #timer: ReturnType<typeof setTimeout> | null = null;
  #asking: Promise<OwnState | null> | null = null;
  #following: Promise<OwnState | null> | null = null;
  #socketUp = false;
  #running = false;
  /** How long the last answer took, in ms: a sign of how good this side's own road is. */
  roundTrip = 0;

  constructor(
    private readonly fetchState: () => Promise<OwnState>,
    private readonly heard: (state: OwnState) => void,
    private readonly refused: (refusal: Refused) => void,
  ) {}

  start(): void {
    this.#running = true;
    this.#later();
  }

  stop(): void {
    this.#running = false;
    if (this.#timer) clearTimeout(this.#timer);
  }

  /** Without its socket a page asks more often (3 s instead of 10 s). */
  set socketUp(up: boolean) {
    if (this.#socketUp === up) return;
    this.#socketUp = up;
    this.#later();
  }

  /** Asks now; whoever asks while an answer is on its way gets one that began after they asked. */
  now(): Promise<OwnState | null> {
    if (!this.#asking) {
      this.#asking = this.#ask().finally(() => { this.#asking = null; });
      return this.#asking;
    }
    this.#following ??= this.#asking.then(() => {
      this.#following = null;
      return this.now();
    });
    return this.#following;
  }

  async #ask(): Promise<OwnState | null> {
    const began = performance.now();
    try {
      const state = await this.fetchState();
      this.roundTrip = performance.now() - began;
      if (this.#running) this.heard(state);
      return state;
    } catch (refusal) {
      if (refusal instanceof Refused && refusal.status >= 400 && refusal.status < 500 && this.#running) {
        this.refused(refusal);
      }
      return null;
    } finally {
      this.#later();
    }
  }

  #later(): void {
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#running) this.#timer = setTimeout(() => void this.now(), this.#socketUp ? CALM_MS : ALONE_MS);
  }
}
