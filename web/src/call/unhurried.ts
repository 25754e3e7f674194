/** What can wait for a better moment, but not for long; the newest of it stands for all before. */
export class Unhurried {
  #work: (() => void) | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly patienceMs: number) {}

  get isAsked(): boolean {
    return this.#work !== null;
  }

  later(work: () => void): void {
    this.drop();
    this.#work = work;
    this.#timer = setTimeout(() => this.now(), this.patienceMs);
  }

  now(): void {
    const work = this.#work;
    this.drop();
    work?.();
  }

  drop(): void {
    clearTimeout(this.#timer);
    this.#work = null;
  }
}
