/**
 * Keeps a draft note: at the latest 2 s after a pause and 5 s into steady typing. Words that could not be
 * saved stay in the page's memory, never in browser storage; a retry of the same words carries the same key.
 */

export interface Theirs {
  text: string;
  revision: number;
}

export type Outcome =
  | { kind: "saved"; revision: number; savedAt: string }
  | { kind: "conflict"; theirs: Theirs }
  | { kind: "unreachable" }
  | { kind: "signed-out" }
  | { kind: "refused"; words: string };

export interface Saving {
  text: string;
  revision: number;
  key: string;
}

export interface NoteView {
  status(words: string): void;
  warning(words: string): void;
  conflict(mine: string, theirs: Theirs | null): void;
}

export const PAUSE_MS = 1_500;
export const STEADY_MS = 5_000;
const LONGEST_WAIT_MS = 30_000;
const WORDS = {
  unreachable: "Not saved yet: we cannot reach the server. Your words are kept in this page; please leave it open. We try again.",
  "signed-out": "Not saved yet: you were signed out. Sign in again in another window; your words are kept in this page.",
};

export class NoteSaver {
  #saved: string;
  #text: string;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #steady: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #attempt: { text: string; key: string } | null = null;
  #isSaving = false;
  #failures = 0;
  #theirs: Theirs | null = null;

  constructor(
    text: string,
    private revision: number,
    private readonly put: (saving: Saving) => Promise<Outcome>,
    private readonly view: NoteView,
    private readonly newKey: () => string,
  ) {
    this.#saved = this.#text = text;
  }

  get isUnsaved(): boolean {
    return this.#text !== this.#saved;
  }

  typed(text: string): void {
    this.#text = text;
    if (!this.isUnsaved) return;
    this.view.status("Not saved yet");
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => void this.flush(), PAUSE_MS);
    this.#steady ??= setTimeout(() => void this.flush(), STEADY_MS);
  }

  /** Saves now what is there now; while a save is on its way the next one follows it. */
  async flush(): Promise<void> {
    clearTimeout(this.#pause);
    clearTimeout(this.#steady);
    clearTimeout(this.#retry);
    this.#steady = undefined;
    if (this.#isSaving || this.#theirs || !this.isUnsaved) return;
    if (this.#attempt?.text !== this.#text) this.#attempt = { text: this.#text, key: this.newKey() };
    const { text, key } = this.#attempt;
    this.#isSaving = true;
    this.view.status("Saving");
    const outcome = await this.put({ text, revision: this.revision, key });
    this.#isSaving = false;
    this.#heard(outcome, text);
  }

  /** The person has seen both texts and says which is to stay; nothing is thrown away unseen. */
  choose(which: "mine" | "theirs" | "both"): string {
    const theirs = this.#theirs;
    if (!theirs) return this.#text;
    this.#theirs = null;
    this.revision = theirs.revision;
    this.#saved = theirs.text;
    if (which === "theirs") this.#text = theirs.text;
    if (which === "both") this.#text = `${theirs.text.trimEnd()}\n\n${this.#text}`;
    this.view.conflict("", null);
    void this.flush();
    return this.#text;
  }

  #heard(outcome: Outcome, text: string): void {
    switch (outcome.kind) {
      case "saved":
        this.revision = outcome.revision;
        this.#saved = text;
        this.#attempt = null;
        this.#failures = 0;
        this.view.warning("");
        this.view.status(this.isUnsaved ? "Not saved yet" : `Saved ${outcome.savedAt}`);
        if (this.isUnsaved) this.typed(this.#text);
        return;
      case "conflict":
        this.#theirs = outcome.theirs;
        this.#attempt = null;
        this.view.status("Two texts");
        return this.view.conflict(this.#text, outcome.theirs);
      case "refused":
        this.#attempt = null;
        this.view.status("Not saved");
        return this.view.warning(outcome.words);
      default:
        this.view.status("Not saved");
        this.view.warning(WORDS[outcome.kind]);
        this.#retry = setTimeout(() => void this.flush(), Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** this.#failures++));
    }
  }
}
