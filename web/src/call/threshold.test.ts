import { beforeEach, expect, it, vi } from "vitest";
import type { Addressed } from "./mesh";
import { Threshold } from "./threshold";

const answer: Addressed = { type: "describe", to: "patient", description: { type: "answer", sdp: "v=0" }, epoch: 1 };
const send = vi.fn<(message: Addressed) => void>();
const drop = vi.fn<(peer: string) => void>();
let threshold: Threshold;

beforeEach(() => {
  vi.useFakeTimers();
  send.mockClear();
  drop.mockClear();
  threshold = new Threshold((message) => send(message), drop);
  threshold.expect("patient");
});

it("keeps the answer to somebody expected until a roster says that they are in, and keeps it from nobody else", () => {
  threshold.say(answer);
  threshold.say({ ...answer, to: "guardian" });
  expect(send.mock.calls.map(([{ to }]) => to)).toEqual(["guardian"]);
  expect(threshold.crossed(new Set(["guardian"]), null)).toBeNull();
  expect(threshold.crossed(new Set(["guardian", "patient"]), "patient")).toBe("patient");
  expect(send).toHaveBeenLastCalledWith(answer);
  vi.runAllTimers();
  expect(drop).not.toHaveBeenCalled();
});

it("throws away what was answered to another page of theirs", () => {
  threshold.say(answer);
  expect(threshold.crossed(new Set(["patient"]), null)).toBeNull();
  expect(send).not.toHaveBeenCalled();
  expect(drop).toHaveBeenCalledExactlyOnceWith("patient");
});

it("lets go of who was refused, and of who does not come", () => {
  threshold.unexpect("guardian");
  expect(threshold.isExpected("patient")).toBe(true);
  threshold.unexpect("patient");
  threshold.expect("patient");
  vi.runAllTimers();
  expect(drop).toHaveBeenCalledTimes(2);
});

it("gives whoever is expected again all the time there is", () => {
  vi.advanceTimersByTime(4_000);
  threshold.expect("patient");
  vi.advanceTimersByTime(4_000);
  expect(threshold.isExpected("patient")).toBe(true);
  expect(drop).not.toHaveBeenCalled();
});

it("keeps nothing from somebody who is met again after we were out", () => {
  threshold.clear();
  threshold.say(answer);
  expect(send).toHaveBeenCalledExactlyOnceWith(answer);
  vi.runAllTimers();
  expect(drop).not.toHaveBeenCalled();
});
