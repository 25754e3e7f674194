import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Drawing, PATIENCE_MS } from "./drawing";
import { newCall, openStore, phase, type RosterEntry, type Store } from "./state";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const SAM: RosterEntry = {
  peer: "p-sam", role: "patient", page: "one", muted: false, camera: true, hidden: false,
};

/** A page that waits, with what it draws and whether a face is to come. */
function waiting(): { store: Store; drawn: string[]; drawing: Drawing; face: { awaited: boolean } } {
  const store = openStore(newCall());
  store.send({ type: "joined", resumed: false });
  const face = { awaited: false };
  const drawn: string[] = [];
  const drawing = new Drawing(store, (call) => drawn.push(phase(call)), () => face.awaited);
  return { store, drawn, drawing, face };
}

it("draws at once what no face waits for", () => {
  const { store, drawn } = waiting();
  store.send({ type: "mic", on: false });
  store.send({ type: "left" });
  expect(drawn).toEqual(["waiting", "waiting", "left"]);
});

it("lets the first picture go before the panel, and then draws once what has come meanwhile", () => {
  const { store, drawn, drawing, face } = waiting();
  face.awaited = true;
  store.send({ type: "roster", people: [SAM], kept: [] });
  store.send({ type: "link", peer: SAM.peer, link: "connected" });
  expect(drawn).toEqual(["waiting"]);
  drawing.now();
  expect(drawn).toEqual(["waiting", "connected"]);
  vi.advanceTimersByTime(PATIENCE_MS);
  expect(drawn).toEqual(["waiting", "connected"]);
});

it("waits no longer than its patience for a picture that does not come", () => {
  const { store, drawn, face } = waiting();
  face.awaited = true;
  store.send({ type: "roster", people: [SAM], kept: [] });
  vi.advanceTimersByTime(PATIENCE_MS - 1);
  expect(drawn).toEqual(["waiting"]);
  vi.advanceTimersByTime(1);
  expect(drawn).toEqual(["waiting", "connecting"]);
  store.send({ type: "mic", on: false });
  expect(drawn.at(-1)).toBe("connecting");
  expect(drawn).toHaveLength(3);
});

it("waits anew for somebody on a new page", () => {
  const { store, drawn, face } = waiting();
  store.send({ type: "roster", people: [SAM], kept: [] });
  vi.advanceTimersByTime(10 * PATIENCE_MS);
  face.awaited = true;
  store.send({ type: "roster", people: [{ ...SAM, page: "two" }], kept: [] });
  expect(drawn).toEqual(["waiting", "connecting"]);
  vi.advanceTimersByTime(PATIENCE_MS);
  expect(drawn).toHaveLength(3);
});
