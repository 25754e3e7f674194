import { expect, it } from "vitest";
import { hearing } from "./meter";

it.each([
  ["a voice is heard at once", "listening", 0.05, 0, "heard"],
  ["room noise is not a voice", "listening", 0.008, 100, "listening"],
  ["a pause in talking is not silence", "heard", 0, 60_000, "heard"],
  ["six seconds of nothing", "listening", 0, 6_000, "silent"],
  ["not yet six", "listening", 0, 5_900, "listening"],
  ["after silence a voice is heard again", "silent", 0.03, 0, "heard"],
] as const)("%s", (_, before, loudness, quiet, after) => {
  expect(hearing(before, loudness, quiet)).toBe(after);
});
