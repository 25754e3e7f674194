import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NoteSaver, PAUSE_MS, STEADY_MS, type NoteView, type Outcome, type Saving } from "./note_saver";

function desk(answers: Outcome[] = []) {
  const sent: Saving[] = [];
  const seen = { status: "", warning: "", theirs: null as string | null };
  const view: NoteView = {
    status: (words) => { seen.status = words; },
    warning: (words) => { seen.warning = words; },
    conflict: (_mine, theirs) => { seen.theirs = theirs?.text ?? null; },
  };
  let keys = 0;
  const put = (saving: Saving): Promise<Outcome> => {
    sent.push(saving);
    return Promise.resolve(answers.shift() ?? { kind: "saved", revision: saving.revision + 1, savedAt: "10:32" });
  };
  const saver = new NoteSaver("", 0, put, view, () => `key-${++keys}`);
  return { saver, sent, seen };
}

describe("a draft note (R-07, R-08)", () => {
  beforeEach(() => { vi.useFakeTimers(); });
  afterEach(() => { vi.useRealTimers(); });

  it("is saved within two seconds of a pause", async () => {
    const { saver, sent, seen } = desk();
    saver.typed("Oriented");
    expect(PAUSE_MS).toBeLessThanOrEqual(2_000);
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    expect(sent).toEqual([{ text: "Oriented", revision: 0, key: "key-1" }]);
    expect(seen.status).toBe("Saved 10:32");
    expect(saver.isUnsaved).toBe(false);
  });

  it("is saved at least every five seconds of steady typing", async () => {
    const { saver, sent } = desk();
    for (let ms = 0; ms < STEADY_MS; ms += 500) {
      saver.typed(`word ${ms}`);
      await vi.advanceTimersByTimeAsync(500);
    }
    expect(sent.length).toBe(1);
  });

  it("stays in the page while the server is away, and retries the same words with the same key", async () => {
    const { saver, sent, seen } = desk([{ kind: "unreachable" }, { kind: "unreachable" }]);
    saver.typed("Slept seven hours");
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    expect(seen.warning).toContain("kept in this page");
    expect(saver.isUnsaved).toBe(true);
    await vi.advanceTimersByTimeAsync(3_500);
    expect(new Set(sent.map((each) => each.key)).size).toBe(1);
    expect(sent.length).toBe(3);
    expect(seen.warning).toBe("");
    expect(saver.isUnsaved).toBe(false);
  });

  it("goes on from the revision of the last save, with what was typed meanwhile", async () => {
    const { saver, sent } = desk();
    saver.typed("one");
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    saver.typed("one two");
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    expect(sent.map((each) => each.revision)).toEqual([0, 1]);
  });

  it.each([
    ["mine", "here"],
    ["theirs", "there"],
    ["both", "there\n\nhere"],
  ] as const)("in a conflict keeps %s as chosen, on their revision", async (which, kept) => {
    const { saver, sent, seen } = desk([{ kind: "conflict", theirs: { text: "there", revision: 7 } }]);
    saver.typed("here");
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    expect(seen.theirs).toBe("there");
    saver.typed("here");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent.length).toBe(1); // nothing is overwritten while the person has not chosen
    expect(saver.choose(which)).toBe(kept);
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    if (which === "theirs") expect(sent.length).toBe(1);
    else expect(sent[1]).toMatchObject({ text: kept, revision: 7 });
    expect(saver.isUnsaved).toBe(false);
  });
});
