/** When the page is drawn: at once, but a face comes before a panel, whose layout would hold it up. */
import type { Call, Store } from "./state";

/** So long a picture that is on its way goes first. */
export const PATIENCE_MS = 400;

export class Drawing {
  #drawn: Call;
  #metAt = -PATIENCE_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly store: Store,
    private readonly draw: (call: Call, before: Call | null) => void,
    isFaceAwaited: (call: Call) => boolean,
  ) {
    this.#drawn = store.call;
    draw(store.call, null);
    store.watch((call, before) => {
      if (meets(call, before)) this.#metAt = performance.now();
      const left = this.#metAt + PATIENCE_MS - performance.now();
      if (left > 0 && isFaceAwaited(call)) this.#timer ??= setTimeout(() => this.now(), left);
      else this.now();
    });
  }

  /** The face is there, or is no longer waited for. */
  now(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const before = this.#drawn;
    this.#drawn = this.store.call;
    if (before !== this.#drawn) this.draw(this.#drawn, before);
  }
}

/** Somebody new is to be seen, or somebody on a new page. */
function meets(call: Call, before: Call): boolean {
  return Object.values(call.people).some(({ peer, page }) => before.people[peer]?.page !== page);
}
