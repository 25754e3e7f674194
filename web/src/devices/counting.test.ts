import { describe, expect, it } from "vitest";
import { LOST, numbersBetween, type Snapshot } from "./counting";

const at = (ms: number, more: Partial<Snapshot>): Snapshot => ({ ...LOST, at: ms, hasVideo: true, ...more });

describe("numbersBetween", () => {
  it("counts only what came between the two looks", () => {
    const before = at(1000, { received: 100, lost: 20, framesBack: 10, framesSent: 12 });
    const after = at(6000, { received: 290, lost: 30, framesBack: 85, framesSent: 87, jitter: 0.012, lostUp: 0.02 });
    expect(numbersBetween(before, after)).toEqual({ lossUp: 2, lossDown: 5, jitter: 12, frames: 15, framesSent: 15 });
  });
  it("calls nothing zero that it could not count", () => {
    expect(numbersBetween(at(0, { hasVideo: false }), at(5000, { hasVideo: false }))).toEqual({
      lossUp: null, lossDown: null, jitter: null, frames: null, framesSent: null,
    });
  });
  it("does not turn late packets into a gain", () => {
    expect(numbersBetween(at(0, { lost: 5 }), at(5000, { lost: 3, received: 100 })).lossDown).toBe(0);
  });
  it("survives a test that was broken off", () => {
    expect(numbersBetween(at(1000, { received: 9 }), LOST).frames).toBeNull();
  });
});
