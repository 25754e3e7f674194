import { describe, expect, it } from "vitest";
import { elapsed } from "./live";
import { bodyOf } from "./send";

describe("a form that is sent without leaving the page", () => {
  it("puts a statement and its reason together (NUD-8)", () => {
    expect(bodyOf([["sober", "unable"], ["sober_because", "very tired"], ["identity", "confirmed"], ["identity_because", ""]]))
      .toEqual({ sober: { answer: "unable", because: "very tired" }, identity: { answer: "confirmed", because: "" } });
  });

  it("leaves other fields as they are", () => {
    expect(bodyOf([["city", "Boulder"], ["state", "CO"]])).toEqual({ city: "Boulder", state: "CO" });
  });
});

it.each([[-3, "00:00"], [252.9, "04:12"], [3_852, "1:04:12"]])("%d seconds read %s", (seconds, words) => {
  expect(elapsed(seconds)).toBe(words);
});
