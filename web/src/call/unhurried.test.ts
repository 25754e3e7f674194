import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Unhurried } from "./unhurried";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("waits for its moment, and no longer than its patience", () => {
  const done: string[] = [];
  const unhurried = new Unhurried(150);
  unhurried.later(() => done.push("first"));
  expect(unhurried.isAsked).toBe(true);
  unhurried.now();
  expect(unhurried.isAsked).toBe(false);
  vi.advanceTimersByTime(500);
  unhurried.later(() => done.push("second"));
  vi.advanceTimersByTime(149);
  expect(done).toEqual(["first"]);
  vi.advanceTimersByTime(1);
  expect(done).toEqual(["first", "second"]);
});

test("the newest stands for all before it, and what was dropped never comes", () => {
  const done: string[] = [];
  const unhurried = new Unhurried(150);
  unhurried.later(() => done.push("old"));
  unhurried.later(() => done.push("new"));
  vi.advanceTimersByTime(500);
  unhurried.later(() => done.push("dropped"));
  unhurried.drop();
  unhurried.now();
  vi.advanceTimersByTime(500);
  expect(done).toEqual(["new"]);
});

test("work may ask for more work", () => {
  const done: string[] = [];
  const unhurried = new Unhurried(150);
  unhurried.later(() => unhurried.later(() => done.push("after")));
  unhurried.now();
  vi.advanceTimersByTime(150);
  expect(done).toEqual(["after"]);
});
