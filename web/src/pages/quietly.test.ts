import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { tellQuietly } from "./quietly";

const WORDS = "Somebody is with me";

beforeEach(() => {
  vi.useFakeTimers();
  const form = document.createElement("form");
  const button = document.createElement("button");
  const words = document.createElement("span");
  words.dataset.words = "";
  words.textContent = WORDS;
  button.append(words);
  document.body.replaceChildren(form, button);
});
afterEach(() => vi.useRealTimers());

const form = (): HTMLFormElement => document.querySelector("form")!;
const button = (): HTMLButtonElement => document.querySelector("button")!;

it("answers like anything that was kept, and is itself again soon", async () => {
  await tellQuietly(form(), button(), () => Promise.resolve(true));
  expect(button().textContent).toBe("Saved");
  vi.runAllTimers();
  expect(button().textContent).toBe(WORDS);
});

it("does not say it was kept when it was not", async () => {
  await tellQuietly(form(), button(), () => Promise.resolve(false));
  expect(button().textContent).toBe("Not saved. Try again.");
});

it("is told once, however often it is tapped", async () => {
  const send = vi.fn(() => Promise.resolve(true));
  await Promise.all([tellQuietly(form(), button(), send), tellQuietly(form(), button(), send)]);
  expect(send).toHaveBeenCalledTimes(1);
});
